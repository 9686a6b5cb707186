/* The editor of a draft: the model of cells and grids, the map they are painted on, and the strokes that are still to be
   saved. Every stroke is kept in the browser until the server has it. */

import { ask } from "./ask.js";
import { Hits } from "./strokes.js";
import { lang } from "./words.js";

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const RETRY_MS = 3000;
const NAMES_FROM_ZOOM = 15;

export class Editor {
  /** `told` is called whenever something the side panel shows may have changed. */
  constructor(map, plan, cells, grids, told) {
    this.map = map;
    this.told = told;
    this.tool = "pick";
    this.radius = 14;
    this.whole = false;
    this.chosen = [];
    this.waiting = [];
    this.sending = false;
    this.away = false;
    this.conflict = null;
    this.findings = null;
    const L = window.L;
    this.painter = L.canvas({ padding: 0.3 });
    this.layers = new Map();
    this.cellLayer = L.geoJSON(cells, {
      renderer: this.painter, interactive: false, style: (f) => this.#look(f.properties.cell, f),
      onEachFeature: (f, layer) => this.layers.set(f.properties.cell, layer),
    });
    this.#take(plan, cells, grids);
    this.#restore();
    this.cellLayer.addTo(map);
    this.outlines = L.geoJSON(grids, { renderer: this.painter, interactive: false, style: { color: "#2c3a4a", weight: 2.5, fill: false } }).addTo(map);
    this.labels = L.layerGroup().addTo(map);
    const bounds = this.cellLayer.getBounds();
    if (bounds.isValid()) map.fitBounds(bounds, { animate: false, padding: [16, 16] });
    map.on("zoomend", () => { this.hits = null; this.#names(); });
    this.#pointer();
    this.#names();
    this.waiting = this.#kept();
    if (this.waiting.length) { for (const one of this.waiting) this.#paintAhead(one); this.#send(); }
    this.check();
  }

  #take(plan, cells, grids) {
    this.plan = plan;
    this.features = new Map(cells.features.map((f) => [f.properties.cell, f]));
    this.label = new Map(cells.features.map((f) => [f.properties.cell, f.properties.label]));
    this.grids = new Map(plan.grid_rows.map((row) => [row.label, row]));
    this.shapes = new Map(grids.features.map((f) => [f.properties.label, f]));
    this.chosen = this.chosen.filter((label) => this.grids.has(label));
  }

  get open() { return this.plan.state === "draft" || this.plan.state === "returned"; }
  get sure() { return !this.waiting.length && !this.sending; }

  #look(cell, feature) {
    const row = this.grids ? this.grids.get(this.label.get(cell)) : null;
    const lit = row && this.chosen.includes(row.label);
    const built = feature.properties.building != null;
    return {
      color: "#8f897e", weight: 0.6, opacity: 0.8,
      fillColor: row && row.colour >= 0 ? css(`fill-${row.colour}`) : "#ffffff",
      fillOpacity: lit ? 1 : built ? 0.9 : 0.6,
      dashArray: row && row.locked ? "3 3" : null,
    };
  }

  #redraw(cells) {
    for (const cell of cells) this.layers.get(cell).setStyle(this.#look(cell, this.features.get(cell)));
  }

  #names() {
    this.labels.clearLayers();
    if (this.map.getZoom() < NAMES_FROM_ZOOM - 1) return;
    for (const [label, shape] of this.shapes) {
      const row = this.grids.get(label);
      if (!row) continue;
      const centre = window.L.geoJSON(shape).getBounds().getCenter();
      const span = document.createElement("span");
      span.textContent = `${row.locked ? "🔒 " : ""}${row.name.length > 16 ? `${row.name.slice(0, 15)}…` : row.name} ${row.households}`;
      const icon = window.L.divIcon({ className: "grid-label", html: span.outerHTML, iconSize: [0, 0] });
      window.L.marker(centre, { icon, interactive: false, keyboard: false }).addTo(this.labels);
    }
  }

  // ---------------------------------------------------------------- the pointer

  #pointer() {
    const box = this.map.getContainer();
    const at = (event) => this.map.project(this.map.mouseEventToLatLng(event));
    let began = null, last = null, touched = null, trace = null, drawn = null;
    const stop = () => { if (drawn) drawn.remove(); drawn = trace = began = last = touched = null; };
    box.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.target.closest(".leaflet-control")) return;
      if (this.tool === "pick" || !this.open) { began = at(event); return; }
      event.preventDefault();
      box.setPointerCapture(event.pointerId);
      began = last = at(event);
      if (this.tool === "brush") { touched = new Set(); this.#brush(touched, began, began); } else trace = [began];
    });
    box.addEventListener("pointermove", (event) => {
      if (!began || this.tool === "pick") return;
      const events = event.getCoalescedEvents ? event.getCoalescedEvents() : [event];
      for (const one of events.length ? events : [event]) {
        const p = at(one);
        if (touched) { this.#brush(touched, last, p); last = p; } else if (trace) {
          trace = this.tool === "box" ? [began, { x: p.x, y: began.y }, p, { x: began.x, y: p.y }] : [...trace, p];
        }
      }
      if (trace) {
        if (drawn) drawn.remove();
        const line = trace.map((p) => this.map.unproject(window.L.point(p.x, p.y)));
        drawn = window.L.polygon(line, { color: css("accent"), weight: 1.5, fillOpacity: 0.1, interactive: false }).addTo(this.map);
      }
    });
    box.addEventListener("pointerup", (event) => {
      if (!began) return;
      const p = at(event);
      if (this.tool === "pick" || !this.open) {
        if (Math.hypot(p.x - began.x, p.y - began.y) < 5) this.pick(this.label.get(this.#hits().at(p)), event.ctrlKey || event.metaKey);
      } else {
        const cells = touched ? [...touched] : this.#hits().within(trace);
        this.give(cells);
      }
      stop();
    });
    box.addEventListener("pointercancel", () => { if (touched) this.#restore(); stop(); });
  }

  #hits() {
    if (!this.hits) this.hits = new Hits([...this.features.values()], (lon, lat) => this.map.project([lat, lon]));
    return this.hits;
  }

  #brush(touched, from, to) {
    const target = this.grids.get(this.chosen[0]);
    const fresh = [...this.#hits().way(from, to, this.radius)].filter((cell) => !touched.has(cell) && this.#free(cell));
    for (const cell of fresh) {
      touched.add(cell);
      this.layers.get(cell).setStyle({ fillColor: target ? css(`fill-${target.colour}`) : "#fff3bf", fillOpacity: 1 });
    }
  }

  #free(cell) {
    const row = this.grids.get(this.label.get(cell));
    return !row || !row.locked;
  }

  #restore() { this.#redraw(this.features.keys()); }

  // ---------------------------------------------------------------- what a planner does

  /** Choose a grid, or one more. */
  pick(label, more = false) {
    if (label == null || !this.grids.has(label)) this.chosen = [];
    else if (more) this.chosen = this.chosen.includes(label) ? this.chosen.filter((one) => one !== label) : [...this.chosen, label];
    else this.chosen = [label];
    this.#restore();
    this.told();
  }

  /** Cells to the chosen grid, or to a new one where none is chosen; whole complexes where that is set. */
  give(cells) {
    let some = cells.filter((cell) => this.#free(cell));
    if (this.whole) {
      const refs = new Set(some.map((cell) => this.features.get(cell).properties.complex).filter((ref) => ref != null));
      some = [...new Set([...some, ...[...this.features.values()].filter((f) => refs.has(f.properties.complex)).map((f) => f.properties.cell)])].filter((cell) => this.#free(cell));
    }
    const target = this.grids.get(this.chosen[0]);
    if (target) some = some.filter((cell) => this.label.get(cell) !== target.label);
    if (!some.length || (target && target.locked)) { this.#restore(); return; }
    this.do(target ? { operation: "assign", to: target.code, cells: some } : { operation: "create", cells: some });
  }

  get codes() { return this.chosen.map((label) => this.grids.get(label).code); }

  /** One operation; it is sent in its turn. */
  do(said) {
    this.waiting.push(said);
    this.#keep();
    this.#paintAhead(said);
    this.told();
    return this.#send();
  }

  /** What the map shows before the server has answered. */
  #paintAhead(said) {
    if (said.operation !== "assign") return;
    const target = [...this.grids.values()].find((row) => row.code === said.to);
    if (!target) return;
    for (const cell of said.cells) {
      const before = this.grids.get(this.label.get(cell)), households = this.features.get(cell).properties.households;
      if (before) before.households -= households;
      target.households += households;
      this.label.set(cell, target.label);
    }
    this.#redraw(said.cells);
  }

  async #send() {
    if (this.sending || this.conflict) return;
    this.sending = true;
    let changed = false;
    try {
      while (this.waiting.length) {
        const said = this.waiting[0];
        const done = await (said.step
          ? ask(`/api/plans/${this.plan.id}/${said.step}`, {}, { method: "POST", seen: this.plan.revision })
          : ask(`/api/plans/${this.plan.id}/edits`, {}, { method: "POST", body: said, seen: this.plan.revision }));
        this.waiting.shift();
        this.#keep();
        this.away = false;
        this.#changed(done);
        changed = true;
      }
      this.trouble = null;
    } catch (error) {
      if (error.away || error.status === 503 || error.status === 408) {
        this.away = true;
        setTimeout(() => this.#send(), RETRY_MS);
      } else if (error.status === 412) {
        await this.#meet();
      } else {
        this.waiting = [];
        this.#keep();
        this.trouble = error.message;
        await this.reload();
      }
    } finally {
      this.sending = false;
      this.told();
      if (changed && this.sure) this.check();
    }
  }

  #changed(done) {
    this.plan = { ...this.plan, revision: done.revision, step: done.step, undo: done.undo, redo: done.redo };
    const fresh = done.changed.filter((row) => !this.grids.has(row.label)).map((row) => row.label);
    for (const code of done.gone) for (const [label, row] of this.grids) if (row.code === code) { this.grids.delete(label); this.shapes.delete(label); }
    for (const row of done.changed) this.grids.set(row.label, row);
    for (const shape of done.shapes.features) this.shapes.set(shape.properties.label, shape);
    for (const [cell, label] of done.cells) this.label.set(cell, label);
    this.chosen = this.chosen.filter((label) => this.grids.has(label));
    if (fresh.length === 1 && !this.chosen.length) this.chosen = fresh;
    this.findings = null;
    this.#outline();
  }

  #outline() {
    this.outlines.clearLayers();
    this.outlines.addData({ type: "FeatureCollection", features: [...this.shapes.values()] });
    this.#restore();
    this.#names();
  }

  /** The plan again as the server has it. */
  async reload() {
    const [plan, cells, grids] = await fetched(this.plan.id);
    this.#take(plan, cells, grids);
    this.#outline();
    this.check();
    this.told();
  }

  async check() {
    if (!this.open) return;
    const asked = this.plan.revision;
    const found = await ask(`/api/plans/${this.plan.id}/checks`).catch(() => null);
    if (found && found.revision === this.plan.revision && asked === found.revision) { this.findings = found.findings; this.told(); }
  }

  /** Look at a grid. */
  show(label) {
    const shape = this.shapes.get(label);
    if (shape) this.map.fitBounds(window.L.geoJSON(shape).getBounds(), { padding: [60, 60], maxZoom: 18 });
  }

  // ---------------------------------------------------------------- two people at once

  /** Somebody was faster: what he changed, beside what waits here. */
  async #meet() {
    const before = new Map([...this.grids.values()].map((row) => [row.code, row]));
    const step = this.plan.step;
    const [plan, cells, grids] = await fetched(this.plan.id);
    const theirs = plan.grid_rows.filter((row) => !before.has(row.code) || before.get(row.code).households !== row.households || before.get(row.code).name !== row.name)
      .map((row) => `${row.name} ${before.has(row.code) ? `${before.get(row.code).households} → ` : ""}${row.households}`);
    this.conflict = { theirs, fresh: [plan, cells, grids], step };
  }

  /** End a conflict: "theirs", "both" (mine done again on top), or "apart" (mine as a draft of its own; its number). */
  async settle(how) {
    const { fresh, step } = this.conflict, mine = this.waiting;
    if (how === "apart") {
      const { plan } = await ask("/api/plans", {}, { method: "POST", body: { plan: this.plan.id, step } });
      this.waiting = [];
      this.#keep();
      sessionStorage.setItem(`wangge-strokes-${plan}`, JSON.stringify(mine));
      return plan;
    }
    this.conflict = null;
    this.#take(...fresh);
    this.waiting = how === "both" ? mine : [];
    this.#keep();
    this.#outline();
    for (const one of this.waiting) this.#paintAhead(one);
    this.told();
    await this.#send();
    this.check();
    return null;
  }

  // ---------------------------------------------------------------- strokes outlive the page

  #keep() {
    const key = `wangge-strokes-${this.plan.id}`;
    if (this.waiting.length) sessionStorage.setItem(key, JSON.stringify(this.waiting));
    else sessionStorage.removeItem(key);
  }

  #kept() {
    try { return JSON.parse(sessionStorage.getItem(`wangge-strokes-${this.plan.id}`)) || []; } catch { return []; }
  }
}

/** A plan, its cells and its grids. */
export const fetched = (id) => Promise.all([ask(`/api/plans/${id}`), ask(`/api/plans/${id}/cells`), ask(`/api/plans/${id}/grids`)]);

/** A time as people here read it. */
export const clock = (text) => new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", { dateStyle: "short", timeStyle: "medium", timeZone: "Asia/Shanghai" }).format(new Date(text));
