/* The editor of a draft: the model of cells and grids, the map they are painted on, and the strokes that are still to be
   saved. Every stroke is kept in the browser until the server has it. */

import { ask } from "./ask.js";
import { Hits } from "./strokes.js";
import { lang, say } from "./words.js";

const COLOURS = new Map();
/** A colour of the style sheet; asked for once, since a stroke asks hundreds of times. */
export function css(name) {
  if (!COLOURS.has(name)) COLOURS.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  return COLOURS.get(name);
}
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
    this.cellLayer = L.geoJSON(null, {
      renderer: this.painter, interactive: false, smoothFactor: 0, noClip: true, style: (f) => this.#look(f.properties.cell, f),
      onEachFeature: (f, layer) => this.layers.set(f.properties.cell, layer),
    });
    this.#take(plan, cells, grids);
    this.cellLayer.addTo(map);
    this.outlines = L.geoJSON(grids, { renderer: this.painter, interactive: false, style: { color: "#2c3a4a", weight: 2.5, fill: false } }).addTo(map);
    this.labels = L.layerGroup().addTo(map);
    this.gain = document.createElement("div");
    this.gain.className = "gain";
    this.gain.hidden = true;
    map.getContainer().append(this.gain);
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
    this.known = new Map(plan.grid_rows.map((row) => [row.code, { ...row }]));  // as the server has them, whatever is painted ahead
    this.shapes = new Map(grids.features.map((f) => [f.properties.label, f]));
    this.hits = null;
    this.recut = false;
    this.layers.clear();
    this.cellLayer.clearLayers().addData(cells);
    this.chosen = this.chosen.filter((label) => this.grids.has(label));
  }

  get open() { return this.plan.state === "draft" || this.plan.state === "returned"; }
  get sure() { return !this.waiting.length && !this.sending && !this.recut; }

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
      const centre = window.L.geoJSON(largest(shape)).getBounds().getCenter();
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
    let began = null, last = null, touched = null, trace = null, drawn = null, pen = null, asked = 0;
    const stop = () => { if (drawn) drawn.remove(); cancelAnimationFrame(asked); asked = 0; this.gain.hidden = true; drawn = trace = began = last = touched = pen = null; };
    /** Once a frame: what a box or lasso holds, and how large the grid would be. */
    const tell = () => {
      asked = 0;
      if (!pen) return;
      if (trace) {
        if (drawn) drawn.remove();
        const line = trace.map((p) => this.map.unproject(window.L.point(p.x, p.y)));
        drawn = window.L.polygon(line, { color: css("accent"), weight: 1.5, fillOpacity: 0.1, interactive: false }).addTo(this.map);
      }
      this.#tellGain(touched || this.#hits().within(trace), pen);
    };
    const next = (event) => { pen = this.map.mouseEventToContainerPoint(event); if (!asked) asked = requestAnimationFrame(tell); };
    box.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.target.closest(".leaflet-control")) return;
      if (this.tool === "cut" && this.open) return;
      if (this.tool === "pick" || !this.open) { began = at(event); return; }
      event.preventDefault();
      box.setPointerCapture(event.pointerId);
      began = last = at(event);
      if (this.tool === "brush") { touched = new Set(); this.#brush(touched, began, began); } else trace = [began];
      next(event);
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
      next(event);
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

  /** The label of the grid at a place (latitude, longitude); undefined outside. */
  labelAt(place) { return this.label.get(this.#hits().at(this.map.project(place))); }

  #brush(touched, from, to) {
    const target = this.grids.get(this.chosen[0]);
    const fresh = [...this.#hits().way(from, to, this.radius)].filter((cell) => !touched.has(cell) && this.#free(cell));
    for (const cell of fresh) {
      touched.add(cell);
      this.layers.get(cell).setStyle({ fillColor: target ? css(`fill-${target.colour}`) : "#fff3bf", fillOpacity: 1 });
    }
  }

  /** Beside the pointer: how large the grid would be if the stroke ended here, and what it should be. */
  #tellGain(cells, { x, y }) {
    const target = this.grids.get(this.chosen[0]), { rules } = this.plan;
    let households = target ? target.households : 0;
    for (const cell of this.#meant([...cells])) households += this.features.get(cell).properties.households;
    this.gain.textContent = say("gain", target ? target.name : say("new_grid"), households, rules.min_households, rules.max_households);
    this.gain.classList.toggle("off", !(target && target.kind === "exclusive") && (households < rules.least || households > rules.most));
    const size = this.map.getSize();
    this.gain.hidden = false;
    this.gain.style.left = `${Math.max(4, Math.min(x + 18, size.x - this.gain.offsetWidth - 6))}px`;
    this.gain.style.top = `${y > 44 ? y - 38 : y + 22}px`;
  }

  #free(cell) {
    const row = this.grids.get(this.label.get(cell));
    return !row || !row.locked;
  }

  #restore() { this.#redraw(this.features.keys()); }

  /** The cells as they are, after something else was shown. */
  repaint() { this.#restore(); }

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
    const target = this.grids.get(this.chosen[0]), some = this.#meant(cells);
    if (!some.length || (target && target.locked)) { this.#restore(); return; }
    this.do(target ? { operation: "assign", to: target.code, cells: some } : { operation: "create", cells: some });
  }

  /** The cells that would change grid when these are given: none that is locked, whole complexes where that is set. */
  #meant(cells) {
    let some = cells.filter((cell) => this.#free(cell));
    if (this.whole) {
      const refs = new Set(some.map((cell) => this.features.get(cell).properties.complex).filter((ref) => ref != null));
      some = [...new Set([...some, ...[...this.features.values()].filter((f) => refs.has(f.properties.complex)).map((f) => f.properties.cell)])].filter((cell) => this.#free(cell));
    }
    const target = this.grids.get(this.chosen[0]);
    return target ? some.filter((cell) => this.label.get(cell) !== target.label) : some;
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
      while (this.waiting.length || this.recut) {
        if (this.recut) { await this.#again(); continue; }
        const said = this.waiting[0];
        const done = await (said.step
          ? ask(`/api/plans/${this.plan.id}/${said.step}`, {}, { method: "POST", seen: this.plan.revision })
          : ask(`/api/plans/${this.plan.id}/edits`, {}, { method: "POST", body: said, seen: this.plan.revision }));
        this.waiting.shift();
        this.#keep();
        this.away = false;
        this.#changed(done);
        [this.recut, this.note] = [done.recut, done.notes.join(" ")];
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
      if (this.waiting.length && !this.away && !this.conflict) this.#send();  // drawn while an error was being told
      if (changed && this.sure) this.check();
    }
  }

  #changed(done) {
    this.plan = { ...this.plan, revision: done.revision, step: done.step, undo: done.undo, redo: done.redo };
    const fresh = done.changed.filter((row) => !this.grids.has(row.label)).map((row) => row.label);
    for (const code of done.gone) this.known.delete(code);
    for (const row of done.changed) this.known.set(row.code, { ...row });
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

  /** The cells again, which a cut or its undo made others; what waits is shown on them. */
  async #again() {
    const seen = this.plan.revision, [plan, cells, grids] = await fetched(this.plan.id);
    this.#take({ ...plan, revision: seen }, cells, grids);  // what somebody else did meanwhile is met at the next step
    for (const one of this.waiting) this.#paintAhead(one);
    this.#outline();
  }

  /** The plan again as the server has it. */
  async reload() {
    this.#take(...(await fetched(this.plan.id)));
    this.#outline();
    this.check();
    this.told();
  }

  async check() {
    const asked = this.plan.revision;
    const found = await ask(`/api/plans/${this.plan.id}/checks`).catch(() => null);
    this.unchecked = !found;
    if (found && found.revision === this.plan.revision && asked === found.revision) this.findings = found.findings;
    this.told();
  }

  /** Look at a place: west, south, east, north. */
  look([west, south, east, north]) {
    this.map.fitBounds([[south, west], [north, east]], { padding: [90, 90], maxZoom: 19.5, animate: false });
    const box = window.L.rectangle([[south, west], [north, east]], { color: css("red"), weight: 3, fill: false, interactive: false }).addTo(this.map);
    setTimeout(() => box.remove(), 4000);
  }

  /** Look at a grid. */
  show(label) {
    const shape = this.shapes.get(label);
    if (shape) this.map.fitBounds(window.L.geoJSON(shape).getBounds(), { padding: [60, 60], maxZoom: 18 });
  }

  // ---------------------------------------------------------------- two people at once

  /** Somebody was faster: what he changed, beside what waits here. */
  async #meet() {
    const step = this.plan.step;
    const [plan, cells, grids] = await fetched(this.plan.id);
    const theirs = differences(this.known, plan.grid_rows), mine = differences(this.known, [...this.grids.values()]);
    const other = this.waiting.filter((said) => said.operation !== "assign").map((said) => say(said.step ? `${said.step}_step` : `said_${said.operation}`));
    this.conflict = { theirs, mine: [...mine, ...other], fresh: [plan, cells, grids], step };
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

/** In words, the grids that are another from what was known of them, by code: names and households. */
function differences(known, rows) {
  const said = rows.map((row) => {
    const old = known.get(row.code);
    if (!old) return `＋ ${row.name} ${row.households}`;
    if (old.name === row.name && old.households === row.households && old.locked === row.locked) return null;
    const name = old.name === row.name ? row.name : `${old.name} → ${row.name}`;
    return old.households === row.households ? name : `${name} ${old.households} → ${row.households}`;
  });
  const there = new Set(rows.map((row) => row.code));
  const gone = [...known.values()].filter((row) => !there.has(row.code)).map((row) => `－ ${row.name}`);
  return [...said.filter(Boolean), ...gone];
}

/** The part of a grid its name stands in: that with the largest box. */
function largest({ geometry }) {
  if (geometry.type === "Polygon") return geometry;
  const box = ([ring]) => { const of = (i) => ring.map((p) => p[i]); return (Math.max(...of(0)) - Math.min(...of(0))) * (Math.max(...of(1)) - Math.min(...of(1))); };
  return { type: "Polygon", coordinates: geometry.coordinates.reduce((a, b) => (box(b) > box(a) ? b : a)) };
}

/** A plan, its cells and its grids. */
export const fetched = (id) => Promise.all([ask(`/api/plans/${id}`), ask(`/api/plans/${id}/cells`), ask(`/api/plans/${id}/grids`)]);

/** A time as people here read it. */
export const clock = (text) => new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", { dateStyle: "short", timeStyle: "medium", timeZone: "Asia/Shanghai" }).format(new Date(text));
