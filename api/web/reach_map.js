/* The map of 覆盖: the scene of the map files, drawn over with stations that can be moved, and an answer to every click. */

import { ask, facts, make } from "./ask.js";
import { count, homeName, minutesText, percent } from "./reach_figures.js";
import { showLayers } from "./reach_layers.js";
import { lang, say } from "./words.js";

const SCRIPTS = ["placing.js", "shapes.js", "scene.js", "labels.js"];
const NEAR_PX = 14, HOME_ZOOM = 17;
const NOTHING = { add: [], move: [], close: [] };
const keyOf = (question, changes) => JSON.stringify([question.minutes, question.profile, question.kind || "", question.as_of || "", changes]);
const degrees = (world) => [Math.atan(Math.sinh(Math.PI * (1 - 2 * world[1]))) * 180 / Math.PI, world[0] * 360 - 180];

function script(name) {
  return new Promise((done, failed) => {
    const node = make("script", { src: `/web/${name}`, onload: done, onerror: () => failed(new Error(say("no_server"))) });
    document.head.append(node);
  });
}

/** The corners of one feature of unpacked shapes. */
function boundsOf(shapes, f) {
  const b = shapes.box;
  return window.L.latLngBounds(degrees([b[4 * f], b[4 * f + 3]]), degrees([b[4 * f + 2], b[4 * f + 1]]));
}

/** The rings of one feature, for Leaflet. */
function rings(shapes, f) {
  const found = [];
  for (let r = shapes.featureAt[f]; r < shapes.featureAt[f + 1]; r++) {
    const ring = [];
    for (let i = shapes.ringAt[r]; i < shapes.ringAt[r + 1]; i++) ring.push(degrees([shapes.xy[2 * i], shapes.xy[2 * i + 1]]));
    found.push(ring);
  }
  return found;
}

export class ReachMap {
  /** Ask for the map, then draw it with the scripts of the map files, which read it when they are loaded. */
  static async open(element, layers, { trial, day, choose, name, lacking }) {
    const data = await ask("/api/maps/reach.json", day ? { as_of: day } : {});
    document.body.append(make("script", { type: "application/json", id: "wangge-data" }, JSON.stringify(data)));
    for (const one of SCRIPTS) await script(one);
    const map = new ReachMap(element, { trial, day, choose, name, data: window.wangge.data });
    showLayers(layers, map);
    if (data.lacking) lacking(data.lacking);
    return map;
  }

  constructor(element, { trial, day, choose, name, data }) {
    const L = window.L;
    Object.assign(this, { trial, choose, name, data, markers: new Map(), stations: [], hiddenKinds: new Set(), figures: null, turn: 0 });
    this.minutes = 15;
    this.drawn = keyOf({ minutes: 15, profile: "default", as_of: day }, NOTHING); // as the scene comes
    this.map = L.map(element, { zoomSnap: 0.25, attributionControl: false, zoomControl: false, maxZoom: 20, minZoom: 4, fadeAnimation: false });
    L.control.zoom({ position: "bottomright", zoomInTitle: say("zoom_in"), zoomOutTitle: say("zoom_out") }).addTo(this.map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(this.map);
    this.map.setView([35, 108], 5, { animate: false });
    window.wangge.start(this.map);
    this.scene = window.wangge.scene;
    this.chosen = L.layerGroup().addTo(this.map);
    this.spot = L.layerGroup().addTo(this.map);
    if (!data.extent) element.dataset.empty = say("no_map");
    const far = () => element.classList.toggle("far", this.map.getZoom() < data.style.namesFromZoom);
    this.map.on("zoomend", far);
    far();
    this.map.on("click", (event) => this.#clicked(event.latlng));
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === element) this.byKey(() => this.#clicked(this.map.getCenter()), event);
      if (event.key === "Escape" && event.target !== element) { this.map.closePopup(); element.focus(); }
    });
  }

  /** What `work` opens gets the focus: whoever came without a mouse goes on there. */
  byKey(work, event = null) {
    if (event) event.preventDefault(); // or the same stroke would press what gets the focus
    this.keyed = true;
    try { work(); } finally { this.keyed = false; }
  }

  communities() { return this.data.communities.code.map((code, i) => [code, this.data.communities.name[i]]); }

  centre() { const { lng, lat } = this.map.getCenter(); return { lon: lng, lat }; }

  /* ------------------------------------------------------------------ what is drawn */

  /** Draw what belongs to these figures: walk areas, circles and homes not reached. */
  async follow(question, trial, now) {
    this.figures = now;
    this.kind = question.kind || "";
    this.#placeStations();
    const mine = ++this.turn, key = keyOf(question, trial.body());
    if (!this.data.homes.length || key === this.drawn) return;
    const parts = await ask("/api/maps/reach.json", question, { method: "POST", body: trial.body() });
    if (mine !== this.turn) return;
    this.drawn = key;
    this.minutes = question.minutes;
    this.#spread(parts);
  }

  #spread(parts) {
    const { reach, homes } = this.data, { shapes } = this.scene;
    shapes.walks = window.wangge.unpack(parts.walks.slice(0, this.minutes / 5));
    shapes.circles = window.wangge.unpack(parts.circles);
    reach.unreached = parts.unreached.map((home) => homes[home]).filter((row) => row >= 0);
    homes.forEach((row, home) => {
      if (row < 0) return;
      reach.minutes[row] = parts.minutes[home];
      reach.nearest[row] = parts.nearest[home] < 0 ? "" : parts.stations[parts.nearest[home]];
    });
    this.scene.later();
  }

  /** The viewer's stations as they are. */
  setStations(stations) {
    this.stations = stations.length ? stations : this.data.stations.at.map(([x, y], i) => ({
      ref: `#${i}`, name: this.data.stations.name[i], kind: this.data.stations.kind[i], fixed: true,
      kind_name: this.data.words.stationKinds[this.data.stations.kind[i]],
      floor_area_m2: this.data.stations.area[i], opening_hours: this.data.stations.hours[i],
      lon: this.data.origin[0] + x * this.data.step, lat: this.data.origin[1] + y * this.data.step,
    }));
    this.#placeStations();
  }

  hideKind(kind, hidden) {
    this.hiddenKinds[hidden ? "add" : "delete"](kind);
    this.#placeStations();
  }

  #placeStations() {
    const seen = this.trial.applied(this.stations).filter((one) => !this.hiddenKinds.has(one.kind) && (!this.kind || !one.kind || one.kind === this.kind));
    const keep = new Set(seen.map((one) => one.ref));
    for (const [ref, marker] of this.markers) if (!keep.has(ref)) { marker.remove(); this.markers.delete(ref); }
    for (const one of seen) this.#station(one);
    this.scene.later();
  }

  #station(one) {
    const L = window.L, known = this.markers.get(one.ref), sign = `${one.state}${this.trial.on}`;
    if (known) known.of = one;
    if (known && known.held) return; // under the finger it stays what it is
    if (known && known.sign === sign) { known.setLatLng([one.lat, one.lon]); return; }
    if (known) known.remove();
    const letter = this.data.words.stationLetters[one.kind] || say("new_letter");
    const icon = L.divIcon({ className: `station ${one.state}`, html: make("span", {}, make("b", {}, letter)), iconSize: [34, 34], iconAnchor: [17, 19] });
    const movable = this.trial.on && one.state !== "closed" && !one.fixed;
    const marker = L.marker([one.lat, one.lon], { icon, title: one.name, alt: one.name, draggable: movable, autoPan: true, riseOnHover: true }).addTo(this.map);
    marker.sign = sign;
    marker.of = one;
    const moved = () => { const { lng, lat } = marker.getLatLng(); this.trial.move(marker.of.ref, lng, lat); };
    marker.on("click", () => this.#stationCard(marker));
    marker.on("keydown", (event) => { if (event.originalEvent.key === "Enter") this.byKey(() => this.#stationCard(marker), event.originalEvent); });
    marker.on("dragstart", () => { marker.held = true; this.map.closePopup(); });
    marker.on("drag", () => { const { lng, lat } = marker.getLatLng(); this.trial.dragged(marker.of.ref, lng, lat); });
    marker.on("dragend", () => { marker.held = false; moved(); });
    this.markers.set(one.ref, marker);
  }

  /* ------------------------------------------------------------------ where one looks */

  /** Look at a place (code) and outline it; everything with "". */
  go(place) {
    const shapes = this.scene.shapes.communities;
    const rows = this.data.communities.code.map((code, i) => (code.startsWith(place) ? i : -1)).filter((i) => i >= 0);
    this.chosen.clearLayers();
    this.spot.clearLayers();
    this.map.closePopup();
    if (!rows.length) return;
    if (place) this.#outline(shapes, rows);
    this.#fit(rows.map((i) => boundsOf(shapes, i)));
  }

  goGrid(code, place) {
    const row = code ? this.data.grids.code.indexOf(code) : -1;
    if (row < 0) { this.go(place); return; }
    this.chosen.clearLayers();
    this.#outline(this.scene.shapes.grids, [row]);
    this.#fit([boundsOf(this.scene.shapes.grids, row)]);
  }

  #outline(shapes, rows) {
    const accent = this.data.style.accent;
    for (const i of rows) {
      window.L.polygon(rings(shapes, i), { color: "#fff", weight: 6, opacity: 0.8, fill: false, interactive: false }).addTo(this.chosen);
    }
    for (const i of rows) window.L.polygon(rings(shapes, i), { color: accent, weight: 3, fill: false, interactive: false }).addTo(this.chosen);
  }

  #fit(boxes) {
    const all = window.L.latLngBounds([]);
    boxes.forEach((box) => all.extend(box));
    this.map.fitBounds(all, { paddingTopLeft: [16, 16], paddingBottomRight: [16 + this.#covered(), 24], maxZoom: HOME_ZOOM, animate: false });
  }

  /** How much of the right side the open list of layers covers, in pixels; none where there is little room. */
  #covered() {
    const list = this.map.getContainer().parentNode.querySelector(".over-map");
    return list.open && this.map.getSize().x > 700 ? list.offsetWidth + 12 : 0;
  }

  /** What can be seen beside that list. */
  seen() {
    const size = this.map.getSize();
    return window.L.latLngBounds(this.map.containerPointToLatLng([0, size.y]), this.map.containerPointToLatLng([size.x - this.#covered(), 0]));
  }

  /* ------------------------------------------------------------------ answers to clicks */

  #clicked(latlng) {
    if (this.trial.adding) { this.trial.add(latlng.lng, latlng.lat); return; }
    const world = window.wangge.toWorld((latlng.lng - this.data.origin[0]) / this.data.step, (latlng.lat - this.data.origin[1]) / this.data.step);
    const { shapes, drawn } = this.scene;
    let row = drawn.buildings ? window.wangge.featureAt(shapes.buildings, world[0], world[1]) : -1;
    if (row < 0) row = this.#unreachedNear(latlng);
    if (row >= 0) { this.#buildingCard(row); return; }
    const community = window.wangge.featureAt(shapes.communities, world[0], world[1]);
    if (community >= 0) this.#communityCard(community, latlng);
    else this.map.closePopup();
  }

  #unreachedNear(latlng) {
    if (!this.scene.visible.unreached || !this.data.reach) return -1;
    const here = this.map.latLngToContainerPoint(latlng);
    let best = -1, least = NEAR_PX;
    for (const row of this.data.reach.unreached) {
      const gap = this.map.latLngToContainerPoint(boundsOf(this.scene.shapes.buildings, row).getCenter()).distanceTo(here);
      if (gap < least) { least = gap; best = row; }
    }
    return best;
  }

  #open(latlng, title, ...parts) {
    const box = make("section", { class: "popup" }, make("h2", {}, title), ...parts.filter(Boolean));
    window.L.popup({ maxWidth: 290, minWidth: 210, autoPanPaddingTopLeft: [14, 14], autoPanPaddingBottomRight: [14 + this.#covered(), 14] }).setLatLng(latlng).setContent(box).openOn(this.map);
    const close = this.map.getContainer().querySelector(".leaflet-popup-close-button");
    close.setAttribute("aria-label", say("close"));
    if (this.keyed) (box.querySelector("button") || close).focus();
  }

  #button(text, act) {
    return make("button", { type: "button", class: "act", onclick: () => { this.map.closePopup(); act(); } }, text);
  }

  #buildingCard(row) {
    const b = this.data.buildings, { minutes, nearest } = this.data.reach, at = boundsOf(this.scene.shapes.buildings, row).getCenter();
    const complex = b.complex[row] == null ? "" : this.data.complexes.name[b.complex[row]];
    const title = `${complex}${complex && lang === "en" ? " " : ""}${b.name[row] || (complex ? "" : say("building"))}`;
    const lived = minutes[row] != null, far = minutes[row] < 0;
    this.#open(at, title, facts(
      [say("households"), b.households[row] == null ? "" : `${b.estimated[row] ? "≈" : ""}${count(b.households[row])}`],
      [say("on_foot"), lived ? (far ? say("no_way") : say("n_minutes", minutes[row])) : ""],
      [say("nearest"), nearest[row]]),
    lived ? null : make("p", { class: "soft" }, say("no_homes")), this.#addHere(at.lng, at.lat));
  }

  #addHere(lon, lat) {
    return this.data.homes.length ? this.#button(say("try_here"), () => this.trial.add(lon, lat)) : null;
  }

  /** A building of the list, and the ground around it. */
  showHome(gap) {
    const at = window.L.latLng(gap.lat, gap.lon);
    this.spot.clearLayers();
    window.L.circleMarker(at, { radius: 15, color: this.data.style.accent, weight: 3, fill: false, interactive: false }).addTo(this.spot);
    this.map.setView(at, Math.max(this.map.getZoom(), HOME_ZOOM - 0.5), { animate: false });
    this.#open(at, homeName(gap), facts([say("households"), count(gap.households)], [say("on_foot"), minutesText(gap.minutes)],
      [say("nearest"), gap.station], [say("community"), gap.community],
      [say("straight"), gap.circle_metres == null ? "" : say("metres", count(gap.circle_metres))]), this.#addHere(gap.lon, gap.lat));
  }

  #communityCard(row, latlng) {
    const code = this.data.communities.code[row], name = this.data.communities.name[row] || code;
    const figures = make("p", { class: "soft" }, "…");
    this.#open(latlng, name, figures, this.figures ? this.#button(say("only_here"), () => this.choose(code)) : null, this.#addHere(latlng.lng, latlng.lat));
    if (!this.figures) { figures.remove(); return; }
    const { minutes, profile, as_of } = this.figures;
    const question = { minutes, profile, as_of, ...(this.kind ? { kind: this.kind } : {}), community: code, worst: 0 };
    ask("/api/reach", question, this.trial.any() ? { method: "POST", body: this.trial.body() } : {}).then((said) => {
      const { total } = said.after || said;
      figures.replaceWith(facts([say("households"), count(total.households)], [say("figure_reached", this.figures.minutes), `${count(total.reached)} · ${percent(total.share)}`],
        [say("figure_left"), count(total.not_reached)]));
    }).catch((error) => { figures.textContent = error.message; });
  }

  #stationCard(marker) {
    const one = marker.of, trial = this.trial, served = this.figures && this.figures.stations.find((other) => other.ref === one.ref);
    const act = {
      stands: () => [this.#button(say("try_close"), () => trial.close(one.ref))],
      moved: () => [this.#button(say("back_there"), () => trial.back(one.ref)), this.#button(say("try_close"), () => trial.close(one.ref))],
      closed: () => [this.#button(say("reopen"), () => trial.back(one.ref))],
      fresh: () => [this.#button(say("take_away"), () => trial.back(one.ref))],
    }[one.state];
    this.#open(marker.getLatLng(), one.name, facts(
      [say("kind"), one.kind_name], [say("floor_area"), one.floor_area_m2 == null ? "" : `${count(one.floor_area_m2)} m²`], [say("hours"), one.opening_hours],
      [say("serves"), served && one.state !== "closed" ? say("hh", count(served.households)) : ""]),
    one.state === "closed" ? make("p", {}, say("is_closed")) : null, ...(one.fixed ? [] : act()),
    trial.on && one.state !== "closed" && !one.fixed ? this.#button(say("to_centre"), () => { const { lon, lat } = this.centre(); trial.move(one.ref, lon, lat); }) : null);
  }
}
