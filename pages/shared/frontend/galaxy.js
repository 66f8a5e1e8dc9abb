// The galaxy with the framing square and the evidence laid on it. The opacity is applied here,
// at once; the server hears of it when the slider rests, for the link. The square can be
// dragged, and resized by its corner; number inputs on the page do the same by keyboard.
const PERCENT = (part) => `${100 * part}%`;

function place(element, box) {
  element.style.left = PERCENT(box.left);
  element.style.top = PERCENT(box.top);
  element.style.width = PERCENT(box.width);
  element.style.height = PERCENT(box.height);
}

function build(parent) {
  const root = document.createElement("div");
  root.className = "root";
  root.innerHTML = `
    <div class="stage">
      <img class="picture" draggable="false">
      <div class="square"><img class="overlay" draggable="false"><div class="edge"></div><div class="corner"></div></div>
      <div class="ruler"><span></span></div>
    </div>
    <label class="opacity"><span>Evidence opacity</span>
      <input type="range" min="0" max="100" step="1"><output></output></label>`;
  parent.appendChild(root);
  return root;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root") || build(parentElement);
  const find = (selector) => root.querySelector(selector);
  const stage = find(".stage");
  const square = find(".square");
  const overlay = find(".overlay");
  const slider = find("input");

  stage.style.aspectRatio = `${data.width} / ${data.height}`;
  stage.style.setProperty("--aspect", data.width / data.height);
  place(find(".picture"), data.picture);
  const picture = find(".picture");
  if (picture.src !== data.url) picture.src = data.url;
  picture.alt = data.alt;
  place(square, data.square);

  overlay.hidden = !data.overlay;
  if (data.overlay) {
    if (overlay.src !== data.overlay) overlay.src = data.overlay;
    overlay.alt = data.overlay_alt;
  }
  find(".opacity").hidden = !data.overlay;

  const show = (value) => {
    overlay.style.opacity = value / 100;
    find("output").textContent = `${value} %`;
  };
  if (root.getRootNode().activeElement !== slider) slider.value = data.opacity;
  show(slider.value);
  slider.oninput = () => show(slider.value);
  slider.onchange = () => setTriggerValue("opacity", Number(slider.value));
  // Arrow keys move the slider; without this they would also page through the galaxies.
  slider.onkeydown = (event) => event.stopPropagation();

  const ruler = find(".ruler");
  ruler.hidden = !data.ruler;
  if (data.ruler) {
    ruler.style.width = PERCENT(data.ruler.width);
    ruler.firstElementChild.textContent = data.ruler.text;
  }

  square.onpointerdown = (down) => {
    if (!data.adjustable || down.button !== 0) return;
    down.preventDefault();
    square.setPointerCapture(down.pointerId);
    const view = stage.getBoundingClientRect();
    const resizing = down.target.className === "corner";
    const start = { ...data.square };
    let box = start;
    square.onpointermove = (move) => {
      const dx = (move.clientX - down.clientX) / view.width;
      const dy = (move.clientY - down.clientY) / view.height;
      if (resizing) {
        // The corner moves out as the middle stays; a square stays a square.
        const grow = Math.max(2 * Math.max(dx, (dy * data.height) / data.width), 4 / data.width - start.width);
        const tall = (grow * data.width) / data.height;
        box = {
          left: start.left - grow / 2,
          top: start.top - tall / 2,
          width: start.width + grow,
          height: start.height + tall,
        };
      } else {
        const limit = (value) => Math.min(Math.max(value, -0.5), 1.5);
        box = { ...start, left: limit(start.left + dx), top: limit(start.top + dy) };
      }
      place(square, box);
    };
    square.onpointerup = square.onpointercancel = (up) => {
      square.onpointermove = square.onpointerup = square.onpointercancel = null;
      if (up.type === "pointercancel" || box === start) {
        place(square, start);
        return;
      }
      setTriggerValue("framing", {
        x: data.left + (box.left + box.width / 2) * data.width,
        y: data.top + (box.top + box.height / 2) * data.height,
        half: (box.width * data.width) / 2,
      });
    };
  };
}
