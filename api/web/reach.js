/* 覆盖: who is not reached, where, and what another station changes. What is asked about lives here and in the address. */

import { ask, make } from "./ask.js";
import { showFigures, showGaps, showRemarks, showRows, showWhere } from "./reach_figures.js";
import { ReachMap } from "./reach_map.js";
import { listenToPrint } from "./reach_print.js";
import { Trial } from "./reach_try.js";
import { frame } from "./shell.js";
import { lang, say, translate } from "./words.js";

const MINUTES = [5, 10, 15], WORST = 20, MOST_WORST = 200;
const at = (id) => document.getElementById(id);
const before = new URLSearchParams(location.hash.slice(1));

const day = (name) => (/^\d{4}-\d{2}-\d{2}$/.test(before.get(name) || "") ? before.get(name) : "");

/** What is asked about: the chosen place (code, "" for all), minutes, walkers, kind of station, the day of stations and grids
    ("" today) and another day beside it. */
const asked = {
  place: /^\d{6,12}$/.test(before.get("in") || "") ? before.get("in") : "",
  minutes: MINUTES.includes(Number(before.get("minutes"))) ? Number(before.get("minutes")) : 15,
  profile: before.get("who") === "elderly" ? "elderly" : "default",
  kind: before.get("kind") || "",
  day: day("day"), beside: day("beside"),
};
let root = null, names = {}, stations = [], map = null, turn = 0, shown = null, grid = null;
const trial = new Trial(before, { changed: () => load(), place: () => map && map.centre(), ask: question });

/** What every question carries; the place only where it is about the panel. */
function question({ place = false } = {}) {
  return {
    minutes: asked.minutes, profile: asked.profile, ...(asked.day ? { as_of: asked.day } : {}),
    ...(asked.kind ? { kind: asked.kind } : {}), ...(place && asked.place ? { community: asked.place } : {}),
  };
}

/** What the rows are: what the chosen place is made of. */
function rowsOf(place) {
  if (!place) return root;
  return { 6: "street", 9: "community" }[place.length] || "grid";
}

function remember() {
  const kept = { in: asked.place, minutes: asked.minutes === 15 ? "" : asked.minutes, who: asked.profile === "default" ? "" : asked.profile, kind: asked.kind, day: asked.day, beside: asked.beside, ...trial.kept() };
  const text = new URLSearchParams(Object.entries(kept).filter(([, value]) => value)).toString();
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
}

/** The figures of the chosen place, with what is tried out and without; then the map. Newer questions end older ones. */
async function load({ move = false } = {}) {
  const mine = ++turn;
  remember();
  const slow = setTimeout(() => at("side").setAttribute("aria-busy", "true"), 300);
  try {
    if (!root) await findRoot();
    const by = rowsOf(asked.place);
    const answer = await figuresOf({ ...question({ place: true }), by, worst: by === "grid" ? MOST_WORST : WORST });
    if (mine !== turn) return;
    shown = { ...answer, now: answer.after, by };
    for (const row of shown.now.rows) names[row.code] = row.name;
    show();
    if (map) {
      if (move) map.go(asked.place);
      await map.follow(question(), trial, shown.now);
    }
  } catch (error) {
    if (mine === turn) fail(error);
  } finally {
    clearTimeout(slow);
    if (mine === turn) {
      at("side").removeAttribute("aria-busy");
      document.documentElement.dataset.ready = "yes";
    }
  }
}

/** The figures, with those before what is tried out where anything is, else with those of the day beside. */
async function figuresOf(question) {
  if (trial.any()) return ask("/api/reach", question, { method: "POST", body: trial.body() });
  if (asked.beside) return { ...await ask("/api/reach/compare", { ...question, before: asked.beside }), beside: asked.beside };
  return { after: await ask("/api/reach", question) };
}

/** The coarsest rows that tell more than one place apart. */
async function findRoot() {
  for (const by of ["street", "community", "grid"]) {
    const all = await ask("/api/reach", { ...question(), by, worst: WORST });
    for (const row of all.rows) names[row.code] = row.name;
    stations = all.stations;
    root = by;
    if (all.rows.length > 1) return;
  }
}

function show() {
  const now = shown.now;
  at("print").hidden = false;
  showWhere(at("where"), asked.place, names, choose);
  showAsked();
  showFigures(at("figures"), shown, { stations: stations.length, start: () => trial.suggest() });
  trial.show(at("trying"), shown, stations);
  showRows(at("rows"), shown, { choose: shown.by === "grid" ? chooseGrid : choose, chosen: grid });
  showGaps(at("gaps"), shown, { grid, stations: stations.length + trial.added.length, go: goHome, most: WORST });
  showRemarks(at("remarks"), now);
  document.title = `${asked.place ? `${names[asked.place] || asked.place} · ` : ""}${say("reach_page")}`;
}

/** Show a building of the list; with the keyboard its card is where one goes on. */
function goHome(gap, byKey) {
  if (!map) return;
  if (byKey) map.byKey(() => map.showHome(gap));
  else map.showHome(gap);
}

/** Choose a place; all of it with "". */
function choose(place) {
  asked.place = place;
  grid = null;
  at("side").scrollTop = 0;
  return load({ move: true });
}

/** Choose a grid of the community, or none: the list of gaps keeps to it. */
function chooseGrid(code) {
  grid = grid === code ? null : code;
  show();
  map.goGrid(grid, asked.place);
}

/** Minutes, walkers, kinds of station. */
function showAsked() {
  const put = (name, value) => { asked[name] = value; load(); };
  const pick = (name, values, words) => make("div", { class: "picks", role: "group", "aria-label": say(`pick_${name}`) }, ...values.map((value, i) =>
    make("button", { type: "button", "aria-pressed": String(asked[name] === value), onclick: () => put(name, value) }, words[i])));
  const kinds = [...new Map(stations.map((one) => [one.kind, one.kind_name]))];
  const select = make("select", { "aria-label": say("pick_kind"), onchange: (event) => put("kind", event.target.value) },
    make("option", { value: "" }, say("all_kinds")), ...kinds.map(([kind, name]) => make("option", { value: kind }, name)));
  select.value = asked.kind;
  const fields = () => [...at("asked").querySelectorAll("button, select, input, summary")], focus = fields().indexOf(document.activeElement);
  const held = days();
  at("asked").replaceChildren(pick("minutes", MINUTES, MINUTES.map((n) => say("n_minutes", n))),
    pick("profile", ["default", "elderly"], [say("walk_default"), say("walk_elderly")]), ...(kinds.length > 1 || asked.kind ? [select] : []), held);
  if (focus >= 0) fields()[focus].focus();
}

/** The day whose stations and grids are meant, and another beside it; homes and streets are today's. The map is that of the day. */
function days() {
  const turned = { day: (value) => { asked.day = value; remember(); location.reload(); }, beside: (value) => { asked.beside = value; grid = null; load(); } };
  const pick = (name) => make("label", {}, say(`figures_${name}`), " ", make("input", { type: "date", value: asked[name] || (name === "day" ? shown.now.as_of : ""),
    onchange: (event) => turned[name](event.target.value) }));
  const open = Boolean(at("asked").querySelector("details[open]"));
  return make("details", { class: "days", open }, make("summary", {}, say("figures_of", asked.day || shown.now.as_of), asked.beside ? say("and_beside", asked.beside) : ""),
    make("div", {}, pick("day"), pick("beside")), make("p", { class: "small soft" }, say("homes_of_today")));
}

/** Why there are no figures, and what to do. */
function fail(error) {
  const empty = error.status === 409;
  at("side").dataset.state = empty ? "empty" : "failed";
  at("print").hidden = empty || !shown;
  at("trying").className = "";
  for (const id of ["asked", "trying", "rows", "gaps", "remarks"]) at(id).replaceChildren();
  at("figures").replaceChildren(empty
    ? make("article", { class: "card none" }, make("h1", {}, say("nothing_to_walk")), make("p", {}, error.message))
    : make("div", { class: "card wrong", role: "alert" }, make("p", {}, say("no_figures", error.message)),
      make("button", { type: "button", onclick: () => { delete at("side").dataset.state; load(); } }, say("again"))));
  if (error.status === 404 || error.status === 422) {
    at("figures").append(make("p", { class: "small" }, make("button", { type: "button", class: "plain", onclick: startOver }, say("start_over"))));
  }
}

/** Away from what the address asked about. */
function startOver() {
  Object.assign(asked, { place: "", kind: "", day: "", beside: "" });
  trial.drop();
  load({ move: true });
}

translate();
document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
at("side").setAttribute("aria-label", say("reach_page"));
at("map").setAttribute("aria-label", say("reach_map"));
at("print").addEventListener("click", () => window.print());
at("figures").replaceChildren(make("p", { class: "waiting", role: "status" }, say("working_out")));
at("map").dataset.empty = say("drawing");
frame();
listenToPrint({ map: () => map, asked: () => ({ ...asked, name: names[asked.place] || "" }) });
load().then(async () => {
  try {
    map = await ReachMap.open(at("map"), at("layers"), { trial, day: asked.day, choose, name: (code) => names[code], lacking: (text) => shown || fail(Object.assign(new Error(text), { status: 409 })) });
    if (map.data.extent) delete at("map").dataset.empty;
    map.setStations(stations);
    for (const [code, name] of map.communities()) names[code] = names[code] || name;
    map.go(asked.place);
    if (shown) { show(); await map.follow(question(), trial, shown.now); }
  } catch (error) {
    at("map").dataset.trouble = say("no_map_drawn", error.message);
  }
  document.documentElement.dataset.drawn = "yes";
});
