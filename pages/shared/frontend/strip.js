// A strip of thumbnails: one button each. Names come from strangers: text only, never HTML.
export default function ({ data, parentElement, setTriggerValue }) {
  let list = parentElement.querySelector(".strip");
  if (!list) {
    list = document.createElement("div");
    list.className = "strip";
    list.setAttribute("role", "group");
    parentElement.appendChild(list);
  }
  list.setAttribute("aria-label", data.label);
  list.replaceChildren(
    ...data.items.map((item) => {
      const button = document.createElement("button");
      button.type = "button";
      button.title = item.description;
      button.setAttribute("aria-pressed", String(item.key === data.chosen));
      const picture = document.createElement(item.url ? "img" : "span");
      picture.className = "thumb";
      if (item.url) {
        picture.src = item.url;
        picture.alt = "";
      }
      const title = document.createElement("span");
      title.className = "title";
      title.textContent = item.title;
      button.append(picture, title);
      button.onclick = () => setTriggerValue("chosen", item.key);
      return button;
    }),
  );
  const chosen = list.querySelector('[aria-pressed="true"]');
  if (chosen) {
    // scrollIntoView would scroll the page as well
    const left = chosen.offsetLeft - list.offsetLeft;
    if (left < list.scrollLeft || left + chosen.offsetWidth > list.scrollLeft + list.clientWidth) {
      list.scrollLeft = left - list.clientWidth / 2 + chosen.offsetWidth / 2;
    }
  }
}
