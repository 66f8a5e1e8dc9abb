// A grid of feature maps cut from one sheet: one button each, arrow keys by the browser's Tab.
export default function ({ data, parentElement, setTriggerValue }) {
  let grid = parentElement.querySelector(".grid");
  if (!grid) {
    grid = document.createElement("div");
    grid.className = "grid";
    grid.setAttribute("role", "group");
    parentElement.appendChild(grid);
  }
  grid.setAttribute("aria-label", data.label);
  const focused = grid.getRootNode().activeElement?.dataset?.index;
  const rows = Math.ceil(data.count / data.columns);
  const at = (place, many) => (many > 1 ? `${(100 * place) / (many - 1)}%` : "0");
  grid.replaceChildren(
    ...data.maps.map((map) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.index = map.index;
      button.title = map.words;
      button.setAttribute("aria-label", map.words);
      button.setAttribute("aria-pressed", String(map.index === data.open));
      const cell = document.createElement("span");
      cell.className = "cell";
      cell.style.backgroundImage = `url(${data.sheet})`;
      cell.style.backgroundSize = `${100 * data.columns}% ${100 * rows}%`;
      const column = map.index % data.columns;
      const row = Math.floor(map.index / data.columns);
      cell.style.backgroundPosition = `${at(column, data.columns)} ${at(row, rows)}`;
      const share = document.createElement("span");
      share.className = map.share < 0 ? "share elliptical" : "share spiral";
      share.style.width = `${100 * Math.min(1, Math.abs(map.share) / data.largest)}%`;
      const number = document.createElement("span");
      number.className = "number";
      number.textContent = map.index;
      button.append(cell, share, number);
      button.onclick = () => setTriggerValue("open", map.index);
      return button;
    }),
  );
  if (focused !== undefined) grid.querySelector(`[data-index="${focused}"]`)?.focus();
}
