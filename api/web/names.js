/* Names on the map of the pages: each where it fits, by the placing of the map files; none over another. */

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const EARTH_M = 40075016.7, LINE = 1.3, LIT_PX = 15;

export class Names {
  constructor(map) {
    this.map = map;
    this.layer = window.L.layerGroup().addTo(map);
    this.pen = document.createElement("canvas").getContext("2d");
  }

  /** Write what there is room for: grids and communities as features with `at` and `radius_m`, the lit grid first and
      always; `taken` are boxes in pixels of the frame ([left, top, right, bottom]) that stay free. */
  draw({ grids, communities, lit, taken }) {
    this.layer.clearLayers();
    this.taken = new window.wanggePlacing.Taken();
    for (const box of taken) this.taken.take(box);
    const near = this.map.getZoom() >= Number(css("names-from-zoom"));
    const inView = (features) => features.map((f) => this.#anchor(f)).filter(Boolean).sort((a, b) => b.px - a.px);
    const shown = inView(grids), areas = inView(communities);
    for (const grid of shown) if (grid.key === lit) this.#lit(grid);
    if (!near) areas.forEach((area) => this.#community(area, near));
    shown.forEach((grid) => { if (grid.key !== lit) this.#grid(grid); });
    if (near) areas.forEach((area) => this.#community(area, near));
  }

  /** Where a feature is named, in pixels; null outside the frame. */
  #anchor(feature) {
    const { name, key, at, radius_m: radius } = feature.properties;
    if (!at) return null;
    const point = this.map.latLngToContainerPoint([at[1], at[0]]), size = this.map.getSize();
    if (point.x < 0 || point.y < 0 || point.x > size.x || point.y > size.y) return null;
    const metres = EARTH_M * Math.cos(at[1] * Math.PI / 180) / (256 * 2 ** this.map.getZoom());
    return { name: name || key, key, at, x: point.x, y: point.y, px: radius / metres };
  }

  #lit(grid) {
    const lines = window.wanggePlacing.gridName(grid.name, Math.max(grid.px, 61))[0].lines;
    this.taken.take(this.#box(lines, LIT_PX, 0, grid.x, grid.y));
    this.#write(grid, lines, LIT_PX, 0, 0, "grid-name lit");
  }

  #grid(grid) {
    window.wanggePlacing.gridName(grid.name, grid.px).some((way) =>
      way.shifts.some((shift) => this.#put(grid, way.lines, way, 0, shift * grid.px, "grid-name")));
  }

  #community(area, near) {
    const way = window.wanggePlacing.communityName(area.name, area.px, near);
    way?.shifts.some(([x, y]) => this.#put(area, [way.text], way, x * area.px, y * area.px, "community-name"));
  }

  #put(anchor, lines, { size, spacing = 0, most = Infinity }, dx, dy, kind) {
    const box = this.#box(lines, size, spacing, anchor.x + dx, anchor.y + dy);
    if (box[2] - box[0] - 6 > most || !this.taken.free(box)) return false;
    this.taken.take(box);
    this.#write(anchor, lines, size, dx, dy, kind, spacing);
    return true;
  }

  #box(lines, size, spacing, x, y) {
    this.pen.font = `600 ${size}px ${css("font")}`;
    const width = Math.max(...lines.map((line) => this.pen.measureText(line).width + spacing * line.length));
    const height = lines.length * size * LINE;
    return [x - width / 2 - 3, y - height / 2 - 1, x + width / 2 + 3, y + height / 2 + 1];
  }

  #write(anchor, lines, size, dx, dy, kind, spacing = 0) {
    const words = document.createElement("span");
    words.style.fontSize = `${size}px`;
    words.style.letterSpacing = `${spacing}px`;
    words.append(...lines.flatMap((line, i) => (i ? [document.createElement("br"), line] : [line])));
    const icon = window.L.divIcon({ className: kind, html: words, iconSize: [0, 0], iconAnchor: [-dx, -dy] });
    window.L.marker([anchor.at[1], anchor.at[0]], { icon, keyboard: false, interactive: false }).addTo(this.layer);
  }
}
