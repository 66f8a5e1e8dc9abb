// The changed galaxy with the square that the network sees, to paint on: a brush and a lasso.
// A stroke is drawn here while the pointer moves and told to the server when it is lifted, in
// fractions of the picture; the server checks it, and the picture that comes back shows it.
const MOST_POINTS = 400;
const TOOLS = [["look", "Look"], ["brush", "Brush"], ["lasso", "Lasso"]];
const ACTS = [["erase", "Erase"], ["keep", "Keep only"]];
const FILLS = [["sky", "empty sky"], ["azimuthal", "average at that radius"]];

function choices(parent, name, entries) {
  const group = document.createElement("div");
  group.className = `choices ${name}`;
  group.setAttribute("role", "group");
  for (const [value, label] of entries) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.value = value;
    button.textContent = label;
    group.append(button);
  }
  parent.append(group);
  return group;
}

function build(parent) {
  const root = document.createElement("div");
  root.className = "root";
  root.innerHTML = `
    <div class="stage"><img draggable="false"><div class="square"></div><div class="disc"></div>
      <svg preserveAspectRatio="none" aria-hidden="true"><polyline/></svg><div class="tip"></div></div>
    <div class="tools"></div>
    <p class="hint" role="status"></p>`;
  const tools = root.querySelector(".tools");
  choices(tools, "tool", TOOLS).setAttribute("aria-label", "Tool");
  choices(tools, "act", ACTS).setAttribute("aria-label", "What a stroke does");
  tools.insertAdjacentHTML("beforeend", `
    <label class="size">Size <input type="range" min="1" max="25" step="0.5" value="5"><output></output></label>
    <label class="fill">Fill with <select></select></label>
    <button type="button" class="undo">Undo stroke</button>`);
  for (const [value, label] of FILLS) {
    tools.querySelector("select").append(new Option(label, value));
  }
  root.state = { tool: "look", act: "erase" };
  parent.append(root);
  return root;
}

const HINTS = {
  look: "Square: what the network sees. Dashed: the disc of the region tool, for the keyboard.",
  brush: "Paint on the picture with mouse, pen or finger. Strokes in a row belong together.",
  lasso: "Draw a loop round what is meant; it closes by itself.",
};

function place(element, box) {
  for (const side of ["left", "top", "width", "height"]) element.style[side] = `${100 * box[side]}%`;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root") || build(parentElement);
  const find = (selector) => root.querySelector(selector);
  const { state } = root;
  const stage = find(".stage");
  const size = find(".size input");
  const line = find("polyline");
  const picture = find("img");

  stage.style.aspectRatio = `${data.width} / ${data.height}`;
  if (picture.src !== data.url) picture.src = data.url;
  picture.alt = data.alt;
  place(find(".square"), data.square);
  place(find(".disc"), data.disc);
  // In units of the shorter side, so that a brush is round whatever the picture's shape.
  const shorter = Math.min(data.width, data.height);
  find("svg").setAttribute("viewBox", `0 0 ${data.width} ${data.height}`);
  if (!state.drawing) line.setAttribute("points", "");  // the picture shows it now
  find(".undo").disabled = !data.can_undo;
  find(".undo").onclick = () => setTriggerValue("undo", true);

  const show = () => {
    for (const [name, chosen] of [["tool", state.tool], ["act", state.act]]) {
      for (const button of root.querySelectorAll(`.${name} button`)) {
        button.setAttribute("aria-pressed", String(button.dataset.value === chosen));
      }
    }
    stage.dataset.tool = state.tool;
    for (const one of [".act", ".fill", ".undo"]) find(one).hidden = state.tool === "look";
    find(".size").hidden = state.tool !== "brush";
    find(".size output").textContent = `${size.value} %`;
    find(".hint").textContent = HINTS[state.tool];
    find(".disc").hidden = state.tool !== "look";
    line.classList.toggle("loop", state.tool === "lasso");
    line.style.strokeWidth = state.tool === "lasso" ? shorter / 150 : (2 * size.value * shorter) / 100;
    const tip = find(".tip");
    tip.hidden = state.tool !== "brush";
    tip.style.width = `${(2 * size.value * shorter) / data.width}%`;
  };
  for (const name of ["tool", "act"]) {
    find(`.choices.${name}`).onclick = (event) => {
      if (event.target.dataset.value) state[name] = event.target.dataset.value;
      show();
    };
  }
  size.oninput = show;
  show();

  const at = (event) => {
    const view = stage.getBoundingClientRect();
    const hold = (value) => Math.min(Math.max(value, 0), 1);
    return [hold((event.clientX - view.left) / view.width), hold((event.clientY - view.top) / view.height)];
  };
  const draw = () => {
    const points = state.drawing.map(([x, y]) => `${x * data.width},${y * data.height}`);
    // A line of one point is drawn as none: a tap is a dot of the brush.
    line.setAttribute("points", (points.length > 1 ? points : [points[0], points[0]]).join(" "));
  };
  stage.onpointermove = (event) => {
    const [x, y] = at(event);
    find(".tip").style.left = `${100 * x}%`;
    find(".tip").style.top = `${100 * y}%`;
    if (!state.drawing) return;
    const last = state.drawing.at(-1);
    const far = Math.hypot((x - last[0]) * data.width, (y - last[1]) * data.height) > shorter / 200;
    if (far && state.drawing.length < MOST_POINTS) state.drawing.push([x, y]);
    draw();
  };
  stage.onpointerdown = (event) => {
    if (state.tool === "look" || event.button !== 0) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    state.drawing = [at(event)];
    draw();
  };
  stage.onpointercancel = () => {
    state.drawing = null;
    line.setAttribute("points", "");
  };
  stage.onpointerup = () => {
    const points = state.drawing;
    state.drawing = null;
    if (!points) return;
    if (state.tool === "lasso" && points.length < 3) {
      line.setAttribute("points", "");
      return;
    }
    const radius = state.tool === "lasso" ? 0 : size.value / 100;
    setTriggerValue("stroke", { points, radius, act: state.act, fill: find("select").value });
  };
}
