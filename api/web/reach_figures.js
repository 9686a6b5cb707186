/* The left side of 覆盖: three large figures, a bar for each place that also chooses it, the largest gaps. */

import { make } from "./ask.js";
import { lang, say } from "./words.js";

export const count = (value) => (value == null ? "–" : value.toLocaleString("en"));
export const percent = (share) => (share == null ? "–" : `${(share * 100).toFixed(1)}%`);
export const signed = (value) => (value > 0 ? `+${count(value)}` : value < 0 ? `−${count(-value)}` : "±0");
export const minutesText = (minutes) => (minutes == null ? say("no_way") : say("n_minutes", minutes < 10 ? minutes.toFixed(1) : Math.ceil(minutes)));

/** A building, or several small ones told as one, as people call it. */
export function homeName(gap) {
  const one = `${gap.complex || ""}${lang === "en" && gap.complex && gap.name ? " " : ""}${gap.name || ""}` || gap.building;
  return gap.buildings > 1 ? say("and_others", one, gap.buildings) : one;
}

/** The way down to the chosen place; every step leads back. */
export function showWhere(out, place, names, choose) {
  const steps = ["", ...[6, 9, 12].filter((length) => place.length >= length && (length === place.length || names[place.slice(0, length)])).map((length) => place.slice(0, length))];
  out.setAttribute("aria-label", say("chosen_place"));
  out.replaceChildren(...steps.map((code, i) => {
    const name = code ? names[code] || code : say("whole_area");
    return i === steps.length - 1 ? make("h1", {}, name) : make("button", { type: "button", class: "plain", onclick: () => choose(code) }, name);
  }));
}

/** Households, those reached, those not; with what is tried out the figures before stand beside them. */
export function showFigures(out, shown, { stations, start }) {
  const now = shown.now.total, was = shown.before ? shown.before.total : null, minutes = shown.now.minutes;
  const figure = (kind, value, old, text, note = "") => make("div", { class: `figure ${kind}` },
    make("dt", {}, text), make("dd", {}, make("b", {}, count(value)), note ? make("small", {}, note) : null),
    was ? make("dd", { class: "old" }, make("span", {}, say("was", count(old))), value === old ? null : make("em", { class: "more" }, signed(value - old))) : null);
  out.replaceChildren(make("dl", { class: was ? "three tried" : "three" },
    figure("", now.households, was && was.households, say("figure_households")),
    figure("good", now.reached, was && was.reached, say("figure_reached", minutes), percent(now.share)),
    figure(now.not_reached ? "bad" : "", now.not_reached, was && was.not_reached, say("figure_left"))));
  out.parentNode.dataset.state = "shown";
  if (shown.beside) out.append(make("p", { class: "small soft" }, say("was_then", shown.beside)));
  if (!stations && !shown.before) {
    out.append(make("div", { class: "notice" }, make("p", {}, say("no_stations")), make("button", { type: "button", class: "plain", onclick: start }, say("first_station"))));
  } else if (now.circle.overstates_points > 0.05) {
    out.append(make("p", { class: "small soft" }, say("circle_says", percent(now.circle.share), now.circle.overstates_points.toFixed(1))));
  }
}

/** The bar of one place: what is reached sooner is darker, what is not reached is amber. */
function bar(row, minutes) {
  const track = make("span", { class: "track", "aria-hidden": "true" });
  let from = 0;
  row.within.filter((step) => step.minutes <= minutes).forEach((step, i) => {
    const part = make("i", { class: `w${i}` });
    part.style.width = `${Math.max(0, (step.share || 0) - from) * 100}%`;
    from = Math.max(from, step.share || 0);
    track.append(part);
  });
  return track;
}

/** One row a place, those with most households not reached first, with what changes; grids, which may be others on another day,
    in two lists side by side. */
export function showRows(out, shown, { choose, chosen }) {
  const { now, by } = shown, beside = by === "grid" && shown.beside ? shown.before : null, change = new Map(((shown.difference || {}).rows || []).map((row) => [row.code, row]));
  const rows = sorted(now);
  if (!rows.length) { out.replaceChildren(); return; }
  const one = (row) => {
    const more = !beside && change.has(row.code) ? change.get(row.code).reached : 0;
    return make("li", {}, make("button", { type: "button", "data-code": row.code, "aria-pressed": by === "grid" ? String(chosen === row.code) : null, disabled: !row.code, onclick: () => choose(row.code) },
      ...parts(row, now.minutes, by, more)));
  };
  const list = make("ol", { class: change.size && !beside ? "bars changed" : "bars" }, ...rows.map(one));
  const both = beside && make("div", { class: "two" }, make("div", {}, make("h3", {}, now.as_of), list),
    make("div", {}, make("h3", {}, beside.as_of), make("ol", { class: "bars" }, ...sorted(beside).map((row) => make("li", { class: "still" }, ...parts(row, now.minutes, by, 0))))));
  out.replaceChildren(make("h2", {}, say(`rows_${by}`), make("span", { class: "how" }, say("choose_one"))), both || list);
}

const sorted = (answer) => answer.rows.filter((row) => row.households).sort((a, b) => b.not_reached - a.not_reached || (a.name || "").localeCompare(b.name || "", "zh"));

function parts(row, minutes, by, more) {
  const name = row.name || row.code || say(`no_${by}`);
  return [make("span", { class: "name", title: name }, name),
    make("span", { class: "left" }, more ? make("em", { class: more < 0 ? "more less" : "more" }, signed(more)) : null, row.not_reached ? say("left_here", count(row.not_reached)) : say("all_reached")),
    bar(row, minutes), make("span", { class: "share" }, percent(row.share))];
}

/** The buildings not reached, most households first. */
export function showGaps(out, shown, { grid, stations, go, most }) {
  const { now } = shown, all = now.worst.filter((gap) => !grid || gap.grid_code === grid), list = all.slice(0, most);
  if (!list.length) {
    out.replaceChildren(make("h2", {}, say("gaps")), make("p", { class: "soft" }, say("no_gaps", now.minutes)));
    return;
  }
  const total = grid ? all.length : now.not_reached;
  out.replaceChildren(make("h2", {}, total > list.length ? say("gaps_of", list.length, total) : say("gaps_all", total)),
    make("ol", { class: "gaps" }, ...list.map((gap) => make("li", {}, make("button", { type: "button", onclick: (event) => go(gap, event.detail === 0) },
      make("span", { class: "name" }, homeName(gap)), make("b", {}, say("hh", count(gap.households))),
      make("small", {}, [gap.community, gap.station ? say("nearest_is", gap.station) : ""].filter(Boolean).join(" · ")),
      make("small", { class: "far" }, gap.minutes == null && !stations ? say("no_station_yet") : minutesText(gap.minutes)))))));
}

export function showRemarks(out, now) {
  out.replaceChildren(...now.remarks.map((text) => make("p", { class: "small soft" }, text)));
}
