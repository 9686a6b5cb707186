/* Layers of 覆盖 with what their colours mean: one list that is switch and legend. */

import { make } from "./ask.js";
import { say } from "./words.js";

const SHOWN = { walks: true, unreached: true, circles: false, grids: false, communities: true, complexes: true, buildings: true, roads: true, water: true };
const BASE = ["grids", "complexes", "buildings", "roads", "water"];

/** Switches of the scene's layers and of the kinds of station. */
export function showLayers(out, map) {
  const { scene, data } = map;
  const layer = (name, ...inside) => box(SHOWN[name], (on) => scene.show(name, on), `layer_${name}`, inside);
  for (const [name, on] of Object.entries(SHOWN)) scene.show(name, on);
  scene.show("labels", false);
  const kinds = [...new Set(data.stations.kind)].sort();
  const parts = data.homes.length ? [layer("walks", swatch("w0", "5"), swatch("w1", "10"), swatch("w2", "15")), layer("unreached", mark("dot")), layer("circles", mark("ring"))] : [];
  const stations = kinds.map((kind) => box(true, (on) => map.hideKind(kind, !on), null, [mark("triangle"), make("span", { class: "letter" }, data.words.stationLetters[kind])],
    data.words.stationKinds[kind], data.stations.kind.filter((one) => one === kind).length));
  out.replaceChildren(make("summary", {}, say("layers")), make("div", { class: "list" }, ...parts, ...group(stations),
    ...group(BASE.filter((name) => data[name].shapes.length).map((name) => layer(name))),
    make("a", { href: "/api/maps/reach.html", class: "small", target: "_blank" }, say("one_file"))));
  out.hidden = !data.extent;
  out.open = window.innerWidth >= 1200;
  out.addEventListener("toggle", () => scene.later());
}

const group = (rows) => (rows.length ? [make("hr"), ...rows] : []);
const swatch = (kind, text) => make("i", { class: `swatch ${kind}` }, text);
const mark = (kind) => make("i", { class: `mark ${kind}`, "aria-hidden": "true" });

function box(on, change, word, inside, text = say(word), number = null) {
  const input = make("input", { type: "checkbox", checked: on, onchange: () => { row.classList.toggle("off", !input.checked); change(input.checked); } });
  const row = make("label", { class: on ? null : "off" }, input, make("span", { class: "what" }, text), ...inside, number == null ? null : make("span", { class: "number" }, String(number)));
  return row;
}
