/* What stands on the ground of a plan: buildings and complexes over its cells, so that a planner sees between what a line runs. */

import { ask } from "./ask.js";
import { say } from "./words.js";

const LAYERS = [
  ["complexes", { color: "#5a6472", weight: 1.2, dashArray: "2 4", fill: false }],
  ["buildings", { color: "#8a7f72", weight: 0.8, fillColor: "#8a7f72", fillOpacity: 0.4 }],
];

/** Draw what there is within `bounds`. The page works without it: what cannot be had is told to `trouble`. */
export async function drawGround(map, bounds, trouble) {
  if (!bounds.isValid()) return;
  const pane = map.createPane("ground");
  pane.style.zIndex = 405; // above the cells, below names
  pane.style.pointerEvents = "none"; // tools reach the cells through it
  const renderer = window.L.canvas({ pane: "ground", padding: 0.3 });
  const bbox = bounds.toBBoxString();
  try {
    for (const [name, style] of LAYERS) {
      window.L.geoJSON(await ask(`/api/layers/${name}`, { bbox }), { pane: "ground", renderer, interactive: false, smoothFactor: 0, noClip: true, style }).addTo(map);
    }
  } catch (error) {
    trouble(say("ground_not_drawn", error.message));
  }
  map.getContainer().dataset.ground = "drawn";
}
