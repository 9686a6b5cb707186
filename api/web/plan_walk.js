/* The walk on site: how far each grid has come, its stretches on the map, and what the sheets that come back say of them. */

import { ask, make } from "./ask.js";
import { css } from "./editor.js";
import { tellFaults, whileBusy } from "./forms.js";
import { say } from "./words.js";

const SCANNED = /^(\d+)\s+(\S+)\s+(\S+)$/;

export class Walk {
  /** `may` is whether one may type in; `kept` is called when something was. */
  constructor(editor, { may, kept }) {
    this.editor = editor;
    this.may = may;
    this.kept = kept;
    this.chosen = null;
    this.ticked = new Set();
    this.word = "";
    this.said = make("p", { class: "soft", role: "status" });
    this.grids = make("ul", { class: "sizes" });
    this.own = make("div", {});
    this.scan = make("input", { id: "walk-scan", type: "text", maxlength: 100, autocomplete: "off", placeholder: say("walk_scan_like"), onchange: () => this.#scanned() });
    this.node = make("details", { class: "walk", ontoggle: (event) => (event.target.open ? this.#open() : this.#clear()) },
      make("summary", {}, say("walk_title")), this.said, make("label", { for: this.scan.id }, say("walk_scan")), this.scan, this.grids, this.own);
  }

  get #path() { return `/api/plans/${this.editor.plan.id}/walked`; }

  async #open() {
    this.said.textContent = say("walk_reading");
    try {
      this.#take(await ask(this.#path));
    } catch (error) {
      this.#clear();
      this.said.textContent = "";
      this.grids.replaceChildren(make("li", { class: "notice wrong", role: "alert" }, error.message));
    }
  }

  #take(found) {
    this.found = found;
    const total = (of) => found.grids.reduce((sum, grid) => sum + grid[of], 0);
    this.said.textContent = say("walk_done", total("walked"), total("stretches"));
    this.grids.replaceChildren(...found.grids.map((grid) => this.#gridRow(grid)));
    if (!found.grids.some((grid) => grid.code === this.chosen)) this.chosen = null;
    this.#tell();
  }

  #gridRow(grid) {
    const bar = make("b", {});
    bar.style.width = `${(100 * grid.walked) / grid.stretches}%`;
    return make("li", {}, make("button", { type: "button", "data-grid": grid.code, title: grid.code, "aria-pressed": String(grid.code === this.chosen), onclick: () => this.#choose(grid.code) },
      make("i", {}, grid.walked === grid.stretches ? "✓" : ""), make("span", { class: "name" }, grid.name), make("span", { class: "size" }, `${grid.walked}/${grid.stretches}`), make("span", { class: "gauge" }, bar)));
  }

  /** What the code on a sheet says, read by a scanner or typed: plan, grid, check word. */
  #scanned() {
    const [, plan, code, word] = SCANNED.exec(this.scan.value.trim()) || [];
    const fault = !code ? say("walk_scan_not") : Number(plan) !== this.editor.plan.id ? say("walk_scan_other", plan)
      : this.found?.grids.some((grid) => grid.code === code) ? "" : say("walk_scan_gone", code);
    this.scan.setCustomValidity(fault);
    this.scan.reportValidity();
    if (!fault) this.#choose(code, word);
  }

  #choose(code, word = "") {
    this.chosen = code;
    this.word = word;
    this.ticked.clear();
    for (const button of this.grids.querySelectorAll("[data-grid]")) button.setAttribute("aria-pressed", String(button.dataset.grid === code));
    const grid = [...this.editor.grids.values()].find((row) => row.code === code);
    if (grid) this.editor.show(grid.label);
    this.#tell();
  }

  get #stretches() { return this.found.stretches.features.filter((one) => one.properties.code === this.chosen); }

  #tell() {
    this.#draw();
    if (!this.chosen) { this.own.replaceChildren(make("p", { class: "soft" }, say("walk_choose"))); return; }
    const grid = this.found.grids.find((one) => one.code === this.chosen);
    const table = make("table", { class: "figures" }, make("thead", {}, make("tr", {}, ...["walk_stretch", "walk_line", "walk_by"].map((word) => make("th", { scope: "col" }, say(word))))),
      make("tbody", {}, ...this.#stretches.map(({ properties }) => this.#row(properties))));
    this.own.replaceChildren(make("h3", {}, `${grid.name} `, make("small", { class: "soft" }, grid.code)), table, this.may ? this.#form(grid) : make("p", { class: "notice" }, say("walk_noright")));
  }

  #row(one) {
    const id = `walk-${one.number}`, label = make("label", { for: id }, say("walk_number", one.number));
    const box = this.may ? make("input", { type: "checkbox", id, checked: this.ticked.has(one.number), onchange: (event) => this.#tick(one.number, event.target.checked) }) : null;
    const line = [one.along && say("walk_along", one.along), one.beside && say("walk_beside", one.beside), say("metres_n", Math.round(one.length_m))].filter(Boolean).join(" · ");
    const by = one.walked_by ? `${one.walked_by} ${one.walked_on}` : one.walked ? say("walk_shared") : "—";
    return make("tr", { "data-stretch": one.number }, make("th", { scope: "row" }, box, label), make("th", {}, line),
      make("td", { class: one.walked ? "" : "off" }, by, one.remark ? make("p", {}, one.remark) : null));
  }

  #tick(number, on) {
    this.ticked[on ? "add" : "delete"](number);
    const box = document.getElementById(`walk-${number}`);
    if (box) box.checked = on;
    this.#draw();
  }

  #form(grid) {
    const field = (id, attributes) => make("input", { id: `walk-${id}`, ...attributes });
    const by = field("who", { type: "text", maxlength: 60, value: this.by || "" }), on = field("day", { type: "date", value: this.on || today(), max: today() });
    const word = field("word", { type: "text", maxlength: 20, value: this.word, autocomplete: "off" }), remark = make("textarea", { id: "walk-remark", rows: 2, maxlength: 2000 });
    const faults = make("div", { class: "faults", tabindex: "-1", hidden: true, role: "alert" }), keep = make("button", { class: "first" }, say("walk_keep"));
    const all = make("button", { type: "button", onclick: () => { for (const one of this.#stretches) this.#tick(one.properties.number, true); } }, say("walk_all"));
    const back = make("button", { type: "button", onclick: () => this.#send(back, faults, "/end", { grid: grid.code, stretches: [...this.ticked] }, this.#unticked()) }, say("walk_back"));
    return make("form", { class: "inline-form", novalidate: true, onsubmit: (event) => {
      event.preventDefault();
      Object.assign(this, { by: by.value.trim(), on: on.value, word: word.value.trim() });
      const missing = [...this.#unticked(), ...(by.value.trim() ? [] : [[by, say("walk_by_missing")]]), ...(on.value ? [] : [[on, say("walk_day_missing")]])];
      const body = { grid: grid.code, stretches: [...this.ticked], by: this.by, on: this.on, remark: remark.value.trim() || null, sheet: this.word || grid.sheet };
      this.#send(keep, faults, "", body, missing);
    } }, faults, ...[[by, "walk_by"], [on, "walk_on"], [word, "walk_word"], [remark, "walk_remark"]].flatMap(([input, name]) => [make("label", { for: input.id }, say(name)), input]),
    make("div", { class: "tools" }, keep, all, back));
  }

  #unticked() { return this.ticked.size ? [] : [[document.getElementById(`walk-${this.#stretches[0].properties.number}`), say("walk_none_ticked")]]; }

  async #send(button, faults, deed, body, missing) {
    tellFaults(faults, missing);
    if (missing.length) return;
    await whileBusy(button, say("plan_saving"), async () => {
      try {
        await ask(this.#path + deed, {}, { method: "POST", body });
        this.ticked.clear();
        this.#take(await ask(this.#path));
        this.kept();
        this.own.querySelector(".first")?.focus();
      } catch (error) { tellFaults(faults, [[null, error.message]]); }
    });
  }

  // ---------------------------------------------------------------- on the map

  #draw() {
    this.#clear();
    const L = window.L, style = ({ properties: one }) => {
      const own = one.code === this.chosen, ticked = own && this.ticked.has(one.number);
      return { color: css(one.walked ? "accent" : "amber"), weight: ticked ? 9 : own ? 6 : 4, opacity: own || !this.chosen ? 1 : 0.45, dashArray: one.walked || ticked ? null : "7 6", lineCap: "butt" };
    };
    const lines = L.geoJSON(this.found.stretches, { interactive: false, style });
    const numbers = this.chosen ? this.#stretches.map((one) => this.#number(one)) : [];
    this.layers = [lines, ...numbers];
    for (const layer of this.layers) layer.addTo(this.editor.map);
  }

  #number({ properties: one, geometry }) {
    const button = make("button", { type: "button", tabindex: "-1", "aria-hidden": "true", class: this.ticked.has(one.number) ? "stretch ticked" : "stretch" }, String(one.number));
    const icon = window.L.divIcon({ className: "stretch-label", html: button, iconSize: [0, 0] });
    const marker = window.L.marker(middle(geometry.coordinates), { icon, keyboard: false, interactive: this.may });
    if (this.may) marker.on("click", () => this.#tick(one.number, !this.ticked.has(one.number)));
    return marker;
  }

  #clear() {
    for (const layer of this.layers || []) layer.remove();
    this.layers = null;
  }
}

/** Half way along a line of [lon, lat], as [lat, lon]. */
function middle(line) {
  const steps = line.slice(1).map((p, i) => Math.hypot((p[0] - line[i][0]) * 0.83, p[1] - line[i][1]));
  let left = steps.reduce((sum, step) => sum + step, 0) / 2, i = 0;
  while (i < steps.length - 1 && left > steps[i]) left -= steps[i++];
  const share = steps[i] ? left / steps[i] : 0, [a, b] = [line[i], line[i + 1]];
  return [a[1] + (b[1] - a[1]) * share, a[0] + (b[0] - a[0]) * share];
}

/** The day in China. */
function today() {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date());
}
