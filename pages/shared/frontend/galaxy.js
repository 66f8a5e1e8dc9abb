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
      <div class="marks"></div>
      <div class="ruler"><span></span></div>
      <div class="compass"></div>
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

  // North and east as two arms from one point; angles are counterclockwise from up.
  const compass = find(".compass");
  compass.hidden = !data.compass;
  compass.replaceChildren(
    ...(data.compass || []).map((degrees, index) => {
      const arm = document.createElement("span");
      arm.className = "arm";
      arm.style.transform = `rotate(${-degrees}deg)`;
      const letter = document.createElement("b");
      letter.textContent = "NE"[index];
      letter.style.transform = `rotate(${degrees}deg)`;
      arm.append(letter);
      return arm;
    }),
  );
  compass.setAttribute("role", "img");
  if (data.compass) compass.setAttribute("aria-label", "Compass: north and east");

  const moveTo = (x, y, half) => setTriggerValue("framing", { x, y, half });
  find(".marks").replaceChildren(
    ...data.marks.map((mark) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = mark.star ? "mark star" : "mark";
      button.title = mark.title;
      button.setAttribute("aria-label", `Open ${mark.title}`);
      const middle = data.left + (data.square.left + data.square.width / 2) * data.width;
      // The one under the square leaves the square to be dragged.
      if (Math.abs(middle - mark.x) < 1) button.style.pointerEvents = "none";
      // The square's own convention: pixel 0 spans -0.5 to 0.5.
      const width = Math.max((2 * mark.half) / data.width, 0.02);
      place(button, {
        left: (mark.x - data.left) / data.width - width / 2,
        top: (mark.y - data.top) / data.height - (width * data.width) / data.height / 2,
        width,
        height: (width * data.width) / data.height,
      });
      button.onclick = () => moveTo(mark.x, mark.y, Math.max(mark.half, 2));
      return button;
    }),
  );
  // A double click moves the square there, as large as it is.
  stage.ondblclick = (event) => {
    if (!data.adjustable || event.target.closest(".square, .mark")) return;
    const view = stage.getBoundingClientRect();
    moveTo(
      data.left + ((event.clientX - view.left) / view.width) * data.width,
      data.top + ((event.clientY - view.top) / view.height) * data.height,
      (data.square.width * data.width) / 2,
    );
  };

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
