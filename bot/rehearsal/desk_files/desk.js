"use strict";
// Shows the room's state and sends what is pressed. Every text goes in as text; nothing of it is ever read as HTML.

const $ = (id) => document.getElementById(id);
let state = null;
let busy = false;

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const drawn = new Map();
function draw(id, value, items) {
  const wanted = JSON.stringify(value);
  if (drawn.get(id) === wanted) return;
  drawn.set(id, wanted);
  const focused = document.activeElement && $(id).contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  $(id).replaceChildren(...items());
  if (focused) [...$(id).querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === focused)?.focus();
}

function openForm(who, name, where, words, main) {
  const button = make("button", { className: main ? "main" : "" }, words);
  if (!words.endsWith(name)) button.append(make("span", { className: "unseen", textContent: ` as ${name}` }));
  button.dataset.focus = `${who} ${where}`;
  return make(
    "form",
    { method: "post", action: "open", target: "postbag-room" },
    make("input", { type: "hidden", name: "who", value: who }),
    make("input", { type: "hidden", name: "where", value: where }),
    button,
  );
}

function person({ key, name, role }) {
  const here = state.who === key && state.where;
  const acts = make("div", { className: "acts" });
  if (key !== "rosa") {
    if (state.general) acts.append(openForm(key, name, "#general", `Open #general as ${name}`, true));
    if (key !== "tomos") acts.append(openForm(key, name, "#organisers", "Open #organisers", false));
  }
  acts.append(openForm(key, name, "direct", "Open direct messages", key === "rosa"));
  const where = here ? `Open now: ${state.where === "direct" ? "direct messages" : state.where}` : "";
  return make(
    "li",
    { className: here ? "now" : "" },
    make("h3", { textContent: name }),
    make("p", { textContent: role }),
    make("span", { className: "badge", textContent: where }),
    acts,
  );
}

function weather({ key, label, says, on }) {
  const box = make("input", { type: "checkbox", checked: on, id: `weather-${key}` });
  box.setAttribute("role", "switch");
  box.setAttribute("aria-describedby", `says-${key}`);
  box.dataset.focus = key;
  box.addEventListener("change", () => send("weather", { key, on: box.checked }));
  return make(
    "li",
    {},
    make(
      "label",
      { htmlFor: box.id },
      box,
      make("span", { textContent: label }),
      make("span", { className: "state", textContent: on ? "On" : "Off", ariaHidden: "true" }),
      make("span", { className: "says", id: `says-${key}`, textContent: says }),
    ),
  );
}

function scene({ key, title, says }) {
  const button = make("button", { type: "button", textContent: "Begin this scene" });
  button.setAttribute("aria-label", `Begin this scene: ${title}`);
  button.dataset.focus = key;
  button.addEventListener("click", () => send("scene", { key }));
  return make(
    "li",
    { className: key === state.scene.key ? "now" : "" },
    make("h3", { textContent: title }),
    make("p", { textContent: says }),
    make("div", { className: "acts" }, button),
  );
}

function entry({ at, event, about, detail, late }) {
  const words = [event, about, late, detail].filter(Boolean).join(" · ");
  return make("li", {}, make("time", { textContent: at }), make("p", { textContent: words }));
}

function show() {
  $("now").textContent = state.now;
  $("next").textContent = state.next ? `Next reminder: ${state.next}` : "No reminder is planned.";
  if (document.activeElement !== $("date")) $("date").min = state.date;
  draw("people-list", [state.people, state.who, state.where, state.general], () => state.people.map(person));
  draw("weather", state.weather, () => state.weather.map(weather));
  const bad = state.weather.filter((one) => one.on).length;
  $("fair").textContent = bad ? `${bad} switched on.` : "All is fair now.";
  draw("ledger", state.ledger, () => state.ledger.map(entry));
  $("ledger-none").hidden = state.ledger.length > 0;
  draw("scenes", [state.scenes, state.scene.key], () => state.scenes.map(scene));
  $("scene").textContent = state.scene.title;
  $("type-seat").textContent = state.seat;
  $("type-postcode").textContent = state.postcode;
  $("steps").textContent = state.steps === 1 ? "1 step" : `${state.steps} steps`;
}

function tell(words, refused = false) {
  const said = $("said");
  said.classList.toggle("refused", refused);
  if (said.textContent !== words) said.textContent = words;
}

async function send(what, body = {}) {
  if (busy) return;
  busy = true;
  document.querySelector("main").setAttribute("aria-busy", "true");
  tell("Working …");
  try {
    const answer = await fetch(what, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const words = answer.headers.get("Content-Type").includes("json") ? await answer.json() : { said: await answer.text(), refused: true };
    tell(words.said, Boolean(words.refused));
  } catch {
    tell("The room does not answer. It may have been ended; the terminal says.", true);
  } finally {
    busy = false;
    document.querySelector("main").removeAttribute("aria-busy");
    drawn.delete("weather");
    if (state) show();
  }
}

async function follow() {
  for (;;) {
    try {
      const answer = await fetch(`state?seen=${state ? state.version : ""}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const first = !state;
      state = await answer.json();
      if (first && state.said && !busy) tell(state.said);
      $("lost").hidden = true;
      show();
    } catch {
      $("lost").textContent = "The room has ended, or does not answer. Started again, it has a new address: the terminal shows it.";
      $("lost").hidden = false;
      await new Promise((go) => setTimeout(go, 2000));
    }
  }
}

$("moves").addEventListener("click", (event) => {
  const move = event.target.dataset.move;
  if (move) send("clock", { move });
});
$("to").addEventListener("submit", (event) => {
  event.preventDefault();
  send("clock", { move: `to ${$("date").value.replace("T", " ")}` });
});
$("restart").addEventListener("click", () => send("restart"));
$("end").addEventListener("click", () => send("end"));
$("file").addEventListener("change", async () => {
  const file = $("file").files[0];
  if (!file) return;
  $("file").value = "";
  if (file.size > 262144) tell("That file is too long to be a scene.", true);
  else send("load", { text: await file.text() });
});
follow();
