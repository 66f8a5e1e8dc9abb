// The sky around the galaxy, in Aladin Lite of the CDS: fetched when somebody asks for it, so
// that no visitor's browser talks to another host unasked, and gone where it cannot be reached.
const SOURCE = "https://aladin.cds.unistra.fr/AladinLite/api/v3/latest/aladin.js";
const PATIENCE_MS = 12000;

let loading = null;

function load() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = SOURCE;
    script.onload = () => (window.A ? window.A.init.then(() => resolve(window.A)) : reject());
    script.onerror = reject;
    setTimeout(reject, PATIENCE_MS);
    document.head.appendChild(script);
  }).catch((error) => {
    loading = null; // another click tries again
    throw error;
  });
  return loading;
}

export default function ({ data, parentElement }) {
  let button = parentElement.querySelector(".aa-sky-ask");
  if (!button) {
    for (const [kind, name] of [["button", "ask"], ["span", "said"], ["div", "map"]]) {
      const part = document.createElement(kind);
      part.className = `aa-sky-${name}`;
      part.hidden = kind === "div";
      parentElement.appendChild(part);
    }
    button = parentElement.querySelector(".aa-sky-ask");
    button.type = "button";
    parentElement.querySelector(".aa-sky-said").setAttribute("role", "status");
  }
  const said = parentElement.querySelector(".aa-sky-said");
  const map = parentElement.querySelector(".aa-sky-map");
  button.textContent = data.label;
  button.title = data.help;
  map.setAttribute("role", "region");
  map.setAttribute("aria-label", data.alt);
  const where = `${data.target} ${data.fov}`;
  if (map.dataset.where !== where) {
    map.dataset.where = where; // another galaxy: its map is asked for anew
    map.replaceChildren();
    map.hidden = true;
    button.hidden = false;
    said.textContent = "";
  }
  button.onclick = async () => {
    said.textContent = data.waiting;
    try {
      const aladin = await load();
      if (map.dataset.where !== where) return;
      map.hidden = false;
      const inside = map.appendChild(document.createElement("div"));
      aladin.aladin(inside, {
        survey: data.survey,
        target: data.target,
        fov: data.fov,
        showReticle: true,
        showCooGridControl: false,
        showProjectionControl: false,
        showShareControl: false,
      });
      button.hidden = true;
      said.textContent = "";
    } catch {
      map.replaceChildren();
      map.hidden = true;
      said.textContent = data.unreached;
    }
  };
}
