/* The shapes of a file over the communities, to see by eye whether its coordinates were read rightly. */

import { ask, make } from "./ask.js";
import { say } from "./words.js";

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const FAR_DEG = 0.05;

export class Beside {
  constructor(element) {
    const L = window.L;
    this.map = L.map(element, { zoomSnap: 0.5, attributionControl: false, zoomControl: false, maxZoom: 20, minZoom: 4 });
    L.control.zoom({ position: "topright", zoomInTitle: "+", zoomOutTitle: "−" }).addTo(this.map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(this.map);
    this.ground = L.geoJSON(null, { renderer: L.canvas(), interactive: false, style: { color: css("ink"), weight: 2, dashArray: "10 4 2 4", fill: false } }).addTo(this.map);
    this.file = L.geoJSON(null, {
      renderer: L.canvas(), interactive: false,
      style: { color: css("accent"), weight: 2, fillColor: css("accent"), fillOpacity: 0.2 },
      pointToLayer: (_, place) => L.circleMarker(place, { radius: 4, color: "#fff", weight: 1, fillColor: css("accent"), fillOpacity: 0.9 }),
    }).addTo(this.map);
    this.legend = make("p", { class: "legend-here", hidden: true, role: "status" });
    element.append(this.legend);
    this.map.setView([35, 108], 5, { animate: false });
  }

  /** The communities there are. */
  async begin() {
    try {
      const all = await ask("/api/layers/communities", { bbox: "-180,-90,180,90" });
      this.ground.clearLayers().addData(all);
    } catch { /* the map stays empty; the file can be loaded all the same */ }
    this.#fit();
  }

  #fit() {
    const L = window.L, bounds = this.ground.getBounds(), file = this.file.getBounds();
    const near = bounds.isValid() && file.isValid() && bounds.pad(0.2).intersects(file);
    const shown = near || !file.isValid() ? bounds : file;
    if (shown.isValid()) this.map.fitBounds(near ? L.latLngBounds(file).pad(0.3) : shown.pad(0.05), { animate: false, maxZoom: 17 });
  }

  /** Draw what was read of a file; null clears it. */
  show(shapes, trouble = null) {
    this.file.clearLayers();
    if (shapes) this.file.addData(shapes);
    this.map.invalidateSize();
    this.#fit();
    const bounds = this.ground.getBounds(), file = this.file.getBounds();
    const far = bounds.isValid() && file.isValid() && !bounds.pad(FAR_DEG).intersects(file);
    this.legend.hidden = !shapes && !trouble;
    this.legend.classList.toggle("wrong", Boolean(trouble) || far);
    this.legend.textContent = trouble || (far ? say("off_the_map") : bounds.isValid() ? say("from_file") : `${say("from_file")} · ${say("no_communities")}`);
  }
}
