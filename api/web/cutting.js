/* 沿线切分: a line over the map, in one stroke or point by point, along which a grid is cut. By keyboard: arrows move the map
   under a cross in its middle, space sets a point there, Enter cuts. */

import { make } from "./ask.js";
import { say } from "./words.js";

const STROKE_PX = 8, NEAR_PX = 12, SAMPLES = 200;

export class Cutter {
  /** `after` is the element of the panel behind which hint and buttons stand. */
  constructor(editor, after) {
    this.editor = editor;
    this.map = editor.map;
    this.points = [];
    this.hint = make("span", {});
    const button = (word, act) => make("button", { type: "button", onclick: act }, say(word));
    this.done = button("cut_done", () => this.finish());
    this.clear = button("cut_clear", () => this.cancel());
    this.bar = make("div", { class: "tools cut-line", role: "status", hidden: true }, this.hint, this.done, this.clear);
    after.after(this.bar);
    this.#listen();
  }

  get on() { return this.editor.tool === "cut" && this.editor.open; }

  /** To be called when the tool has become another. */
  chosen() {
    this.bar.hidden = !this.on;
    this.map.doubleClickZoom[this.on ? "disable" : "enable"]();
    this.map.getContainer().classList.toggle("cutting", this.on);
    this.cancel();
  }

  /** Forget the line; whether there was one. */
  cancel() {
    const there = this.points.length > 0;
    this.points = [];
    this.began = null;
    this.#show();
    return there;
  }

  /** Cut along the line: the chosen grid, or the one most of the line lies in. */
  finish() {
    if (this.points.length < 2) return;
    const row = this.#target();
    if (!row) { this.hint.textContent = say("cut_nowhere"); return; }
    const line = this.points.map(({ lng, lat }) => [Number(lng.toFixed(7)), Number(lat.toFixed(7))]);
    this.cancel();
    this.editor.do({ operation: "cut", grid: row.code, line });
  }

  #target() {
    const { grids, chosen } = this.editor;
    if (chosen.length === 1) return grids.get(chosen[0]);
    const counts = new Map(), pieces = this.points.slice(1).map((to, i) => [this.points[i], to]);
    for (const [from, to] of pieces) {
      const length = from.distanceTo(to);
      for (let i = 0; i <= SAMPLES; i++) {
        const label = this.editor.labelAt([from.lat + ((to.lat - from.lat) * i) / SAMPLES, from.lng + ((to.lng - from.lng) * i) / SAMPLES]);
        if (label != null) counts.set(label, (counts.get(label) || 0) + length);
      }
    }
    const [best] = [...counts].sort((a, b) => b[1] - a[1]);
    return best && grids.get(best[0]);
  }

  #listen() {
    const box = this.map.getContainer();
    const far = (a, b) => this.map.latLngToContainerPoint(a).distanceTo(this.map.latLngToContainerPoint(b));
    box.addEventListener("pointerdown", (event) => {
      if (!this.on || event.button !== 0 || event.target.closest(".leaflet-control")) return;
      event.preventDefault();
      box.focus({ preventScroll: true });
      box.setPointerCapture(event.pointerId);
      this.began = this.map.mouseEventToLatLng(event);
    });
    box.addEventListener("pointermove", (event) => {
      if (!this.on || (!this.began && !this.points.length)) return;
      const here = this.map.mouseEventToLatLng(event);
      this.#show(this.began && !this.points.length ? [this.began, here] : [...this.points, here]);
    });
    box.addEventListener("pointerup", (event) => {
      if (!this.on || !this.began) return;
      const here = this.map.mouseEventToLatLng(event), from = this.began, last = this.points[this.points.length - 1];
      this.began = null;
      if (!last && far(from, here) > STROKE_PX) {
        this.points = [from, here];
        this.finish();
      } else if (last && far(last, here) < NEAR_PX) this.finish();  // the second click of two on one place
      else this.#add(here);
    });
    box.addEventListener("pointercancel", () => { this.began = null; this.#show(); });
    box.addEventListener("keydown", (event) => {
      if (!this.on || event.target !== box) return;
      if (event.key === " ") { event.preventDefault(); this.#add(this.map.getCenter()); }
      if (event.key === "Enter") { event.preventDefault(); this.finish(); }
      if (event.key === "Backspace" && this.points.length) { this.points.pop(); this.#show(); }
    });
  }

  #add(point) {
    this.points.push(point);
    this.#show();
  }

  #show(line = this.points) {
    if (this.drawn) this.drawn.remove();
    const L = window.L;
    const marks = this.points.map((p) => L.circleMarker(p, { radius: 4, color: "#8c1d18", fillColor: "#fff", fillOpacity: 1, interactive: false }));
    this.drawn = line.length ? L.layerGroup([L.polyline(line, { color: "#8c1d18", weight: 2.5, interactive: false }), ...marks]).addTo(this.map) : null;
    this.hint.textContent = this.points.length ? say("cut_points", this.points.length) : say("cut_hint");
    this.done.hidden = this.points.length < 2;
    this.clear.hidden = !this.points.length;
  }
}
