/* The map around an answer: outlines of communities, grids, complexes and buildings, asked for as they come in view. */

import { ask } from "./ask.js";
import { Names } from "./names.js";
import { say } from "./words.js";

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const BUILDINGS_FROM_ZOOM = 15.5, GRIDS_FROM_ZOOM = 12.5;
const LAYERS = [["communities", 0], ["grids", GRIDS_FROM_ZOOM], ["complexes", 14], ["buildings", BUILDINGS_FROM_ZOOM]];

const keyOf = (feature) => feature.properties.key;

export class Around {
  constructor(element, { day, clicked = null }) {
    const L = window.L;
    this.day = day;
    this.map = L.map(element, { zoomSnap: 0.5, attributionControl: false, zoomControl: false, maxZoom: 20, minZoom: 4 });
    L.control.zoom({ position: "topright", zoomInTitle: "+", zoomOutTitle: "−" }).addTo(this.map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(this.map);
    this.lit = { grid: null, buildings: new Set() };
    this.groups = {};
    this.asked = {};
    this.turn = 0;
    const styles = {
      communities: () => ({ color: css("ink"), weight: 2.5, dashArray: "10 4 2 4", fill: false, interactive: false }),
      complexes: () => ({ color: "#8c7f72", weight: 1, fill: false, interactive: false }),
      grids: (f) => this.#gridStyle(f),
      buildings: (f) => this.#buildingStyle(f),
    };
    for (const pane of ["grids", "buildings", "complexes", "communities"]) {
      this.map.createPane(pane).style.zIndex = 400 + ["grids", "buildings", "complexes", "communities"].indexOf(pane);
      this.groups[pane] = L.geoJSON(null, {
        pane, style: styles[pane], renderer: L.canvas({ pane }), interactive: false,
      }).addTo(this.map);
    }
    this.names = new Names(this.map);
    this.pins = L.layerGroup().addTo(this.map);
    this.map.on("moveend", () => { this.#names(); this.#fill(); });
    if (clicked) this.map.on("click", (event) => clicked(event.latlng.lng, event.latlng.lat));
    this.map.setView([35, 108], 5, { animate: false });
  }

  #gridStyle(feature) {
    const lit = keyOf(feature) === this.lit.grid;
    return { color: lit ? css("accent") : "#6c7685", weight: lit ? 3.5 : 1.5, fillColor: lit ? "#b9d3ea" : "#fbfaf7", fillOpacity: lit ? 0.75 : 0.85 };
  }

  #buildingStyle(feature) {
    const lit = this.lit.buildings.has(keyOf(feature));
    return { color: lit ? css("red") : "#a79b8d", weight: lit ? 2.5 : 0.7, fillColor: lit ? "#f3c9b8" : "#d9d0c6", fillOpacity: 0.9 };
  }

  /** Show everything there is; where nothing is published yet the map stays empty. */
  async everything() {
    const all = await ask("/api/layers/communities", { bbox: "-180,-90,180,90", as_of: this.day() }).catch((error) => {
      this.#trouble(true);
      throw error;
    });
    const bounds = window.L.geoJSON(all).getBounds();
    if (!all.features.length) this.map.getContainer().dataset.empty = say("no_map");
    if (bounds.isValid()) this.map.fitBounds(bounds, { animate: false, padding: [12, 12] });
    return all.features.length;
  }

  /** Light a grid and buildings, put pins at places ({lon, lat, label}), and go there. */
  show({ grid = null, buildings = [], places = [] }) {
    const L = window.L;
    this.lit = { grid, buildings: new Set(buildings) };
    this.pins.clearLayers();
    for (const place of places) {
      const size = place.label ? 26 : 14;
      const icon = L.divIcon({ className: "pin", html: textNode(place.label || ""), iconSize: [size, size] });
      L.marker([place.lat, place.lon], { icon, keyboard: false, interactive: false }).addTo(this.pins);
    }
    this.#restyle();
    if (places.length === 1) this.map.setView([places[0].lat, places[0].lon], Math.max(this.map.getZoom(), 17), { animate: false });
    else if (places.length) this.map.fitBounds(places.map((p) => [p.lat, p.lon]), { maxZoom: 17, padding: [60, 60], animate: false });
    this.#names();
  }

  /** Ask for all outlines again: the day has changed, or a new version came. */
  again() { this.asked = {}; this.#fill(); }

  /** Say over the map that outlines are missing, or no longer. */
  #trouble(there) {
    if (there) this.map.getContainer().dataset.trouble = say("no_shapes");
    else delete this.map.getContainer().dataset.trouble;
    document.documentElement.dataset.drawn = "yes";
  }

  #restyle() {
    this.groups.grids.setStyle((f) => this.#gridStyle(f));
    this.groups.buildings.setStyle((f) => this.#buildingStyle(f));
    this.groups.grids.eachLayer((layer) => { if (keyOf(layer.feature) === this.lit.grid) layer.bringToFront(); });
    this.#names();
  }

  /** Ask for what is in view and not there yet. The map may move on meanwhile: then the newer call goes on alone. */
  async #fill() {
    const seen = this.map.getBounds(), zoom = this.map.getZoom(), turn = ++this.turn;
    for (const [name, from] of LAYERS) {
      if (turn !== this.turn) return;
      const have = this.asked[name];
      if (zoom < from) { if (have) { this.groups[name].clearLayers(); delete this.asked[name]; this.#names(); } continue; }
      if (have && have.bounds.contains(seen) && have.day === this.day()) continue;
      const bounds = seen.pad(0.4);
      const mine = this.asked[name] = { bounds, day: this.day() };
      const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
      const limits = [-180, -90, 180, 90];
      const bbox = box.map((v, i) => (i < 2 ? Math.max(v, limits[i]) : Math.min(v, limits[i])).toFixed(6)).join(",");
      try {
        const found = await ask(`/api/layers/${name}`, { bbox, as_of: this.day() });
        if (this.asked[name] !== mine) continue;
        this.groups[name].clearLayers().addData(found);
        this.#restyle();
      } catch (error) {
        if (this.asked[name] === mine) delete this.asked[name];
        this.#trouble(true);
        return;
      }
    }
    this.#trouble(false);
  }

  #names() {
    const features = (name) => this.groups[name].getLayers().map((layer) => layer.feature);
    this.names.draw({ grids: features("grids"), communities: features("communities"), lit: this.lit.grid, taken: this.#taken() });
  }

  /** What no name may stand under: pins and the buttons over the map. */
  #taken() {
    const frame = this.map.getContainer().getBoundingClientRect();
    const boxes = [...this.map.getContainer().querySelectorAll(".pin, .leaflet-control")].map((node) => node.getBoundingClientRect());
    return boxes.map((b) => [b.left - frame.left, b.top - frame.top, b.right - frame.left, b.bottom - frame.top]);
  }
}

function textNode(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span;
}
