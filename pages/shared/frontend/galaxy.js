// The galaxy with the framing square and the evidence laid on it. The opacity is applied here,
// at once; the server hears of it when the slider rests, for the link. The square can be
// dragged, and resized by its corner; number inputs on the page do the same by keyboard.
// Where the mouse points, where a finger tapped, or where the arrow keys took the cross, the
// position is read out: on the sky if the picture's coordinates are known, else in pixels.
const PERCENT = (part) => `${100 * part}%`;
const DEGREES = 180 / Math.PI;

// Right ascension and declination of a pixel, in degrees; null outside the picture or off the
// sky. Bilinear between unit vectors at nodes: the arithmetic of SkyGrid.at.
function skyAt(sky, x, y) {
  const rows = sky.vectors.length;
  const columns = sky.vectors[0].length;
  const across = ((x - sky.left) / sky.width) * (columns - 1);
  const down = ((y - sky.top) / sky.height) * (rows - 1);
  if (!(across >= 0 && across <= columns - 1 && down >= 0 && down <= rows - 1)) return null;
  const column = Math.min(Math.floor(across), columns - 2);
  const row = Math.min(Math.floor(down), rows - 2);
  const nodes = [
    [sky.vectors[row][column], (1 - across + column) * (1 - down + row)],
    [sky.vectors[row][column + 1], (across - column) * (1 - down + row)],
    [sky.vectors[row + 1][column], (1 - across + column) * (down - row)],
    [sky.vectors[row + 1][column + 1], (across - column) * (down - row)],
  ];
  if (nodes.some(([vector]) => vector === null)) return null;
  const [a, b, c] = [0, 1, 2].map((axis) =>
    nodes.reduce((sum, [vector, weight]) => sum + weight * vector[axis], 0),
  );
  const ra = Math.atan2(b, a) * DEGREES;
  return { ra: ra < 0 ? ra + 360 : ra, dec: Math.atan2(c, Math.hypot(a, b)) * DEGREES };
}

// Rounded as a whole first, so that no 60 seconds come out.
function sexagesimal(value, digits) {
  const second = 10 ** digits;
  const total = Math.round(Math.abs(value) * 3600 * second);
  const pad = (number, length) => String(number).padStart(length, "0");
  const seconds = (total % (60 * second)) / second;
  const minutes = Math.floor(total / (60 * second)) % 60;
  const width = digits ? digits + 3 : 2;
  return `${pad(Math.floor(total / (3600 * second)), 2)}:${pad(minutes, 2)}:${pad(seconds.toFixed(digits), width)}`;
}

function spelled(sky, x, y) {
  const pixel = `x ${Math.round(x)}, y ${Math.round(y)} px`;
  const at = sky && skyAt(sky, x, y);
  if (!at) return pixel;
  // Rounding may take the last moment before 24 h, and the last part before 360°, up to them.
  const hours = sexagesimal(at.ra / 15, sky.digits + 1).replace(/^24:/, "00:");
  const ra = at.ra.toFixed(sky.digits + 4).replace(/^360\./, "0.");
  const sign = at.dec < 0 ? "\u2212" : "+";
  const degrees = `${sign}${sexagesimal(at.dec, sky.digits)}`;
  const decimal = `${ra}° ${sign}${Math.abs(at.dec).toFixed(sky.digits + 4)}°`;
  return `${hours} ${degrees}${sky.doubt}\n${decimal} · ${pixel}`;
}

// Reads out the position under mouse, finger or cross.
function readOut(stage, cross, said, data) {
  const show = (left, top, marked) => {
    const [x, y] = [data.left + left * data.width, data.top + top * data.height];
    said.textContent = spelled(data.sky, x, y);
    said.hidden = false;
    cross.hidden = !marked;
    cross.style.left = PERCENT(left);
    cross.style.top = PERCENT(top);
    cross.dataset.left = left;
    cross.dataset.top = top;
  };
  const hide = () => {
    said.hidden = cross.hidden = true;
  };
  const under = (event, marked) => {
    const view = stage.getBoundingClientRect();
    show((event.clientX - view.left) / view.width, (event.clientY - view.top) / view.height, marked);
  };
  stage.onpointermove = (event) => event.pointerType === "mouse" && under(event, false);
  stage.onpointerdown = (event) => event.pointerType !== "mouse" && under(event, true);
  stage.onpointerleave = (event) => event.pointerType === "mouse" && hide();
  stage.onfocus = () => stage.matches(":focus-visible") && show(0.5, 0.5, true);
  stage.onblur = hide;
  stage.onkeydown = (event) => {
    // A click on the picture focuses it as well, and must not take the arrow keys away.
    if (event.target !== stage || cross.hidden) return;
    if (event.key === "Escape") hide();
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    // Here they move the cross; they would also page through the galaxies, and scroll.
    event.stopPropagation();
    event.preventDefault();
    const step = event.shiftKey ? 10 : 1;
    const within = (part) => Math.min(Math.max(part, 0), 1);
    show(
      within(Number(cross.dataset.left ?? 0.5) + (way[0] * step) / data.width),
      within(Number(cross.dataset.top ?? 0.5) + (way[1] * step) / data.height),
      true,
    );
  };
}

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
    <div class="stage" tabindex="0" role="group" aria-label="Galaxy; arrow keys move a cross that reads out the position">
      <img class="picture" draggable="false">
      <div class="square"><img class="overlay" draggable="false"><div class="edge"></div><div class="corner"></div></div>
      <div class="limits"></div>
      <div class="marks"></div>
      <div class="ruler"><span></span></div>
      <div class="compass"></div>
      <div class="cross" hidden></div>
      <output class="position" hidden></output>
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
  place(find(".limits"), data.picture);
  find(".limits").hidden = !data.beyond;
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
    find(".opacity output").textContent = `${value} %`;
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

  readOut(stage, find(".cross"), find(".position"), data);

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
