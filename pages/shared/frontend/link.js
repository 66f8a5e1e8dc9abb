// Copies the address of the page, which holds its whole state.
export default function ({ data, parentElement }) {
  let button = parentElement.querySelector("button");
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    parentElement.appendChild(button);
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    parentElement.appendChild(said);
  }
  const said = parentElement.querySelector("span");
  button.textContent = data.label;
  button.title = data.help;
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(window.location.href);
      said.textContent = "Copied";
    } catch {
      // Browsers lend the clipboard to secure pages only; the address bar holds the same link.
      said.textContent = "Copy it from the address bar";
    }
    setTimeout(() => (said.textContent = ""), 4000);
  };
}
