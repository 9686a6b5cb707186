/* What is tried out on 覆盖: stations added, moved, closed in thought; nothing of it is written anywhere. */

import { ask, make } from "./ask.js";
import { count, percent, signed } from "./reach_figures.js";
import { say } from "./words.js";

const place = (text) => { const [lon, lat] = text.split(",").map(Number); return Number.isFinite(lon) && Number.isFinite(lat) ? { lon, lat } : null; };
const short = ({ lon, lat }) => `${lon.toFixed(6)},${lat.toFixed(6)}`;

export class Trial {
  /** Read from the address (`before`); `changed` is called when something is, `ask` gives what questions carry. */
  constructor(before, { changed, place: centre, ask: question }) {
    Object.assign(this, { changed, centre, question, adding: false, note: "", hints: [], busy: false });
    const list = (name) => (before.get(name) || "").split(";").filter(Boolean);
    this.added = list("add").map(place).filter(Boolean);
    this.moved = new Map(list("move").map((text) => { const i = text.lastIndexOf("@"); return [text.slice(0, i), place(text.slice(i + 1))]; }).filter(([ref, to]) => ref && to));
    this.closed = new Set(list("close"));
    this.on = this.any();
  }

  any() { return this.added.length + this.moved.size + this.closed.size > 0; }

  /** For the address. */
  kept() {
    return { add: this.added.map(short).join(";"), move: [...this.moved].map(([ref, to]) => `${ref}@${short(to)}`).join(";"), close: [...this.closed].join(";") };
  }

  /** For a question. */
  body() {
    return { add: this.added.map(({ lon, lat }) => ({ lon, lat })), move: [...this.moved].map(([station, to]) => ({ station, ...to })), close: [...this.closed] };
  }

  /** Stations as they would be: each with its state, the added ones last. */
  applied(stations) {
    const there = stations.map((one) => (this.closed.has(one.ref) ? { ...one, state: "closed" } : this.moved.has(one.ref) ? { ...one, ...this.moved.get(one.ref), state: "moved" } : { ...one, state: "stands" }));
    return [...there, ...this.added.map((at, i) => ({ ...at, ref: `new-${i + 1}`, name: say("new_station", i + 1), kind: "", state: "fresh" }))];
  }

  add(lon, lat) { this.adding = false; this.#begin(); this.added.push({ lon, lat }); this.#done(); }

  move(ref, lon, lat) {
    this.#begin();
    const fresh = this.#fresh(ref);
    if (fresh >= 0) this.added[fresh] = { lon, lat };
    else { this.closed.delete(ref); this.moved.set(ref, { lon, lat }); }
    this.#done();
  }

  /** While a station is dragged: ask as soon as the answer before is there. */
  async dragged(ref, lon, lat) {
    if (this.busy) return;
    this.busy = true;
    try { this.move(ref, lon, lat); await this.asking; } finally { this.busy = false; }
  }

  close(ref) { this.#begin(); this.moved.delete(ref); this.closed.add(ref); this.#done(); }

  /** As it was: reopened, back in its place, or away again. */
  back(ref) {
    const fresh = this.#fresh(ref);
    if (fresh >= 0) this.added.splice(fresh, 1);
    this.moved.delete(ref);
    this.closed.delete(ref);
    this.#done();
  }

  /** Everything as it was. */
  drop() { this.added = []; this.moved.clear(); this.closed.clear(); this.note = ""; this.adding = false; this.#done(); }

  /** Try out the best place there is for one more station. */
  async suggest() {
    this.#begin();
    this.note = say("searching");
    this.redraw();
    try {
      const found = await ask("/api/site", this.question({ place: true }), { method: "POST", body: { ...this.body(), new: 1 } });
      const best = (found.choices[0] || { places: [] }).places[0];
      this.note = best && best.gained ? say("suggested", best.near || best.community, count(best.gained)) : say("none_better");
      if (best && best.gained) this.added.push({ lon: best.lon, lat: best.lat });
    } catch (error) {
      this.note = error.message;
    }
    this.#done();
  }

  #fresh(ref) { const found = /^new-(\d+)$/.exec(ref); return found && Number(found[1]) <= this.added.length ? Number(found[1]) - 1 : -1; }

  #begin() { this.on = true; }

  #done() { this.asking = this.changed(); }

  /** Tools, what is tried out, and what it brings; `shown` holds the figures before and after. */
  show(out, shown, stations) {
    this.redraw = () => this.show(out, shown, stations);
    const start = () => { this.on = !this.on || this.any(); this.redraw(); this.changed(); };
    if (!this.on) {
      out.className = "";
      out.replaceChildren(make("button", { type: "button", class: "start", onclick: start }, say("try_stations")));
      return;
    }
    const tool = (text, act, pressed = null) => make("button", { type: "button", "aria-pressed": pressed, onclick: act }, text);
    out.className = "on";
    out.replaceChildren(make("h2", {}, say("trying")), make("div", { class: "tools" },
      tool(say("add_by_click"), () => { this.adding = !this.adding; this.redraw(); }, String(this.adding)),
      tool(say("best_place"), () => this.suggest()),
      tool(say("at_centre"), () => { const at = this.centre(); if (at) this.add(at.lon, at.lat); }),
      this.any() ? tool(say("drop_all"), () => this.drop()) : tool(say("stop_trying"), () => { this.on = false; this.adding = false; this.redraw(); this.changed(); })),
    make("p", { class: "small soft hint" }, this.adding ? say("click_to_add") : say("how_to_try")),
    make("p", { class: "small", role: "status" }, this.note), this.any() ? this.#list(shown, stations) : "");
    document.getElementById("map").classList.toggle("adding", this.adding);
  }

  #list(shown, stations) {
    const names = new Map(stations.map((one) => [one.ref, one.name]));
    const row = (ref, what) => make("li", {}, make("span", {}, what), make("button", { type: "button", "aria-label": say("undo_this", what), onclick: () => this.back(ref) }, "✕"));
    const brings = shown.difference && shown.difference.total;
    return make("div", {},
      make("ul", { class: "changes" }, ...this.added.map((_, i) => row(`new-${i + 1}`, say("added_one", i + 1))),
        ...[...this.moved.keys()].map((ref) => row(ref, say("moved_one", names.get(ref) || ref))),
        ...[...this.closed].map((ref) => row(ref, say("closed_one", names.get(ref) || ref)))),
      brings ? make("p", { class: "brings" }, say("brings", shown.now.minutes, signed(brings.reached), percent(shown.before.total.share), percent(shown.now.total.share))) : null);
  }
}
