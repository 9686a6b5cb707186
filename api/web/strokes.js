/* Pointer strokes over the model of cells: what a brush, a box or a lasso touches, off screen too. */

/** Cells with their rings and boxes in map coordinates at one zoom, so that a stroke is measured in pixels. */
export class Hits {
  constructor(features, project) {
    this.cells = features.map((feature) => {
      const parts = feature.geometry.type === "Polygon" ? [feature.geometry.coordinates] : feature.geometry.coordinates;
      const rings = parts.flat().map((ring) => ring.map(([lon, lat]) => project(lon, lat)));
      const xs = rings.flat().map((p) => p.x), ys = rings.flat().map((p) => p.y);
      return { cell: feature.properties.cell, rings, left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
    });
  }

  /** The cell under a point; null outside. */
  at(p) {
    for (const one of this.cells) {
      if (p.x >= one.left && p.x <= one.right && p.y >= one.top && p.y <= one.bottom && inside(p, one.rings)) return one.cell;
    }
    return null;
  }

  /** The cells a disc touches: those whose outline comes nearer than its radius, and the one it lies in. */
  disc(p, radius) {
    return this.cells.filter((one) =>
      p.x + radius >= one.left && p.x - radius <= one.right && p.y + radius >= one.top && p.y - radius <= one.bottom
      && (inside(p, one.rings) || one.rings.some((ring) => near(p, ring, radius)))).map((one) => one.cell);
  }

  /** The cells a brush of `radius` pixels touches on its way; a fast hand leaves nothing out. */
  way(from, to, radius) {
    const found = new Set(), steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / Math.max(radius, 2)));
    for (let i = 0; i <= steps; i++) {
      const p = { x: from.x + ((to.x - from.x) * i) / steps, y: from.y + ((to.y - from.y) * i) / steps };
      for (const cell of this.disc(p, radius)) found.add(cell);
    }
    return found;
  }

  /** The cells whose middle lies in a ring. */
  within(ring) {
    return this.cells.filter((one) => inside(middle(one), [ring])).map((one) => one.cell);
  }
}

function inside(p, rings) {
  let odd = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const a = ring[i], b = ring[j];
      if ((a.y > p.y) !== (b.y > p.y) && p.x < ((b.x - a.x) * (p.y - a.y)) / (b.y - a.y) + a.x) odd = !odd;
    }
  }
  return odd;
}

function near(p, ring, radius) {
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[j], b = ring[i], dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
    const t = length ? Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length)) : 0;
    if (Math.hypot(p.x - a.x - t * dx, p.y - a.y - t * dy) <= radius) return true;
  }
  return false;
}

function middle(one) {
  const p = { x: (one.left + one.right) / 2, y: (one.top + one.bottom) / 2 };
  if (inside(p, one.rings)) return p;
  const ring = one.rings[0], a = ring[0], b = ring[Math.floor(ring.length / 2)];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
