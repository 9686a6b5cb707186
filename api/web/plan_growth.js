/* What planned buildings will bring to the grids of a plan, told beside the sizes of today and kept up while one draws. */

import { make } from "./ask.js";
import { say } from "./words.js";

const YEARS = [1, 3, 5];  // the days of the answer, in its order

/** Households each grid gains by each day: by label, a number a day. */
export function gains({ plan, label }) {
  const found = new Map();
  for (const one of plan.growth.planned) {
    const grid = one.cell == null ? null : label.get(one.cell);
    if (grid == null || grid < 0) continue;
    const sums = found.get(grid) || plan.growth.days.map(() => 0);
    found.set(grid, sums.map((sum, i) => (one.planned_for <= plan.growth.days[i] ? sum + one.households : sum)));
  }
  return found;
}

/** One line under a grid that grows: its households in one, three and five years; null for one that does not. */
export function growthLine(row, rules, gained) {
  if (!gained || !gained.some((number) => number > 0)) return null;
  const sizes = gained.map((number) => row.households + number);
  const off = (size) => row.kind !== "exclusive" && (size < rules.least || size > rules.most);
  return make("span", { class: "ahead" }, say("ahead_title"), ...sizes.map((size, i) =>
    make("span", { class: off(size) ? "off" : "" }, say("ahead_in", YEARS[i], size))));
}

/** What is planned in the whole plan, in one sentence, and what of it lies in no grid; empty where nothing is. */
export function growthSaid({ plan, label }) {
  const { planned } = plan.growth;
  if (!planned.length) return "";
  const astray = planned.filter((one) => one.cell == null || !(label.get(one.cell) >= 0));
  const total = planned.reduce((sum, one) => sum + one.households, 0);
  return say("ahead_said", planned.length, total) + (astray.length ? say("ahead_astray", astray.map((one) => one.name || one.ref).slice(0, 5).join("、")) : "");
}
