/* 查询: one box that takes an address or a point, the answer as a sentence, how sure and why, the map around it. */

import { ask, facts, make, suggesting, typing } from "./ask.js";
import { Around } from "./map.js";
import { frame } from "./shell.js";
import { lang, say, translate } from "./words.js";

const box = document.getElementById("box"), day = document.getElementById("day");
const out = document.getElementById("answer");
const MOST_CHARACTERS = box.maxLength;
const POINT = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,2}(?:\.\d+)?)\s*$/;
const HERE = /^\d{12}$/;
let map, asking = null, offers, here = "";

translate();
frame();
const today = () => new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10); // today in China decides the plan in force
day.value = today();

/** The question as it stands in the box; a point is a pair of numbers. */
function question(text) {
  const point = POINT.exec(text);
  return point ? { lon: point[1], lat: point[2] } : { address: text };
}

/** Each question is a step of the browser's history, so that going back shows the answer before; the same one is asked again in its place. */
function step(text) {
  const said = new URLSearchParams({ q: text, as_of: day.value });
  if (here) said.set("here", here);
  const hash = `#${said}`;
  if (hash === location.hash) history.replaceState(null, "", hash);
  else history.pushState(null, "", hash);
}

async function look(text, { remember = true } = {}) {
  text = text.trim();
  if (!text) { box.focus(); return; }
  if (box.value.trim() !== text) box.value = text;
  offers.close();
  if (asking) asking.abort();
  if (text.length > MOST_CHARACTERS) {
    out.replaceChildren(make("article", { class: "card none" }, make("h1", {}, say("not_found")), make("p", {}, say("too_long", MOST_CHARACTERS))));
    out.dataset.for = text;
    document.documentElement.dataset.ready = "yes";
    return;
  }
  const mine = asking = new AbortController();
  delete out.dataset.for;
  const slow = setTimeout(() => out.replaceChildren(make("p", { class: "soft" }, say("loading"))), 250);
  if (remember) step(text);
  try {
    const asked = question(text);
    const found = await ask("/api/locate", { ...asked, as_of: day.value }, { signal: mine.signal });
    if ("lon" in asked) showPoint(found, Number(asked.lon), Number(asked.lat));
    else if (found.status === "none") await beside(text, found, mine.signal);
    else showAddress(found);
  } catch (error) {
    if (error.name === "AbortError") return;
    out.replaceChildren(make("div", { class: "card wrong" }, make("p", {}, say("no_answer", error.message)),
      make("button", { type: "button", onclick: () => look(text) }, say("again"))));
  } finally {
    clearTimeout(slow);
    if (asking === mine) {
      out.dataset.for = text;
      document.documentElement.dataset.ready = "yes";
    }
  }
}

/** What is no address: a grid, community, station, institution, road, complex, coordinates of another form, or how far it goes. */
async function beside(text, address, signal) {
  const found = await ask("/api/find", { q: text, as_of: day.value, ...(here ? { here } : {}) }, { signal });
  if (found.point) {
    const { lon, lat } = found.point;
    showPoint(await ask("/api/locate", { lon, lat, as_of: day.value }, { signal }), lon, lat);
  } else if (found.places.length) showPlaces(found);
  else showAddress(address);
}

const named = (place) => `${place.label}${place.community && place.kind !== "community" ? ` · ${place.community.name || place.community.code}` : ""}`;
const lies = (place) => place.grids.filter((g) => g.code !== place.key);

function showPlaces(found) {
  const [first] = found.places, several = found.places.length > 1;
  if (HERE.test(first.community?.code || "") && !several) here = first.community.code;
  const grids = several ? [] : first.grids;
  const title = several ? [say("several_places", found.places.length)] : [named(first)];
  const rows = several ? null : facts([say("kind"), say(`kind_${first.kind}`)], [say("code"), first.kind === "grid" || first.kind === "community" ? first.key : ""]);
  const inside = lies(first).map((g) => make("li", {}, grid(g), g.buildings > 1 ? ` ${say("buildings_in", g.buildings)}` : ""));
  out.replaceChildren(card(several ? "doubt" : "good", title, make("p", {}, found.words), rows,
    several ? placeChoices(found.places) : inside.length ? make("ul", { class: "in" }, ...inside) : null));
  const spots = found.places.filter((place) => place.point);
  map.show({ grid: grids.length === 1 ? grids[0].code : undefined, buildings: [],
    places: spots.map((place, i) => ({ ...place.point, label: several ? String(i + 1) : "" })) });
}

function placeChoices(places) {
  return make("div", { class: "choices" }, make("h2", {}, say("choose")), ...places.slice(0, 10).map((place, i) =>
    make("button", { type: "button", "data-key": (i + 1) % 10, onclick: () => look(place.kind === "grid" || place.kind === "community" ? place.key : place.label) },
      make("kbd", {}, String((i + 1) % 10)), make("span", {}, named(place)), make("small", {}, say(`kind_${place.kind}`)))));
}

const grid = (g) => make("span", { class: "grid" }, make("b", {}, g.name), " ", make("span", { class: "code" }, g.code));

function planFacts(found) {
  const plan = found.plan, g = found.grid;
  return facts(
    [say("community"), found.community && `${found.community.name || ""} ${found.community.code}`],
    [say("kind"), g && say(g.kind)],
    [say("plan"), plan && say("plan_of", plan.version, plan.valid_from, plan.valid_to ? say("until", plan.valid_to) : "")],
  );
}

/** Whom the place finds, from near to far: its branch, group, centre households, stations, and who holds which post. */
function people(found) {
  const chain = found.chain, posts = new Map();
  if (!chain) return null;
  const names = (some) => (some || []).map((one) => one.name).join("、");
  for (const post of chain.posts) {
    const who = [post.holder || post.remark, post.phone].filter(Boolean).join(" ");
    posts.set(post.title, [...(posts.get(post.title) || []), who]);
  }
  const rows = [[say("branches"), names(chain.branches)], [say("groups"), names(chain.groups)], [say("centres"), names(chain.centres)],
    [say("stations"), names(chain.stations)], ...[...posts].map(([title, who]) => [title, who.join("、")])];
  return rows.some(([, value]) => value) ? make("div", { class: "people" }, make("h2", {}, say("people")), facts(...rows)) : null;
}

function sureness(value) {
  const bar = make("span", { class: "meter", "aria-hidden": "true" }, make("i", {}));
  bar.firstChild.style.width = `${Math.round(value * 100)}%`;
  return make("p", { class: "sure" }, bar, say("sure", `${Math.round(value * 100)}%`));
}

function card(kind, title, ...rest) {
  return make("article", { class: `card ${kind}` }, make("h1", {}, ...title), ...rest);
}

function why(found) {
  const lines = (found.evidence || []).filter((line, i, all) => line && all.indexOf(line) === i);
  if (!lines.length) return make("p", { class: "why" }, found.reason);
  return make("div", { class: "why" }, make("h2", {}, say("why")), make("ul", {}, ...lines.map((line) => make("li", {}, line))));
}

function showPoint(found, lon, lat) {
  here = found.community?.code || here;
  const where = [found.community?.name, found.complex?.name, found.building?.name].filter(Boolean);
  const place = where.length ? where.join(lang === "zh" ? "" : ", ") : `${lon}, ${lat}`;
  if (found.grid) {
    out.replaceChildren(card("good", [place, " → ", grid(found.grid)], sureness(found.confidence), planFacts(found), people(found), make("p", { class: "why" }, found.reason)));
  } else {
    out.replaceChildren(card("none", [say(found.status)], make("p", {}, found.reason), planFacts(found), people(found)));
  }
  map.show({ grid: found.grid?.code, buildings: found.building ? [found.building.ref] : [], places: [{ lon, lat, label: "" }] });
}

function showAddress(found) {
  here = found.community?.code || here;
  if (found.building) {
    const inner = (found.unit ? say("unit", found.unit) : "") + (found.room ? say("room", found.room) : "");
    const place = `${found.complex?.name || ""}${found.building.name || found.building.ref}${inner}`;
    const arrow = found.grid ? [" → ", grid(found.grid)] : [];
    out.replaceChildren(card(found.grid ? "good" : "none", [place, ...arrow],
      found.grid ? sureness(found.confidence) : make("p", {}, found.reason), planFacts(found), people(found), why(found)));
    map.show({ grid: found.grid?.code, buildings: [found.building.ref], places: [{ ...found.point, label: "" }] });
    return;
  }
  if (found.status === "ambiguous") {
    const title = found.grid ? [grid(found.grid)] : [say("several", found.candidate_count)];
    const shared = found.grid ? make("p", {}, say("in_grid", found.candidate_count)) : make("p", {}, found.reason);
    out.replaceChildren(card("doubt", title, shared, found.grid ? planFacts(found) : null, choices(found), people(found), why(found)));
    map.show({ grid: found.grid?.code, buildings: found.candidates.map((c) => c.building.ref),
      places: found.candidates.map((c, i) => ({ ...c.point, label: String(i + 1) })) });
    return;
  }
  out.replaceChildren(card("none", [say("not_found")], make("p", {}, found.reason), make("p", { class: "soft" }, say("not_found_help")), found.evidence.length > 1 ? why(found) : null));
  map.show({});
}

/** What to ask to get just this candidate: its name where that is enough, else the point inside it. */
function askFor(candidate, all) {
  const text = (c) => `${c.complex?.name || ""}${c.building.name || ""}`;
  const alone = candidate.complex && candidate.building.name && all.filter((c) => text(c) === text(candidate)).length === 1;
  return alone ? text(candidate) : `${candidate.point.lon}, ${candidate.point.lat}`;
}

function choices(found) {
  const more = found.candidate_count - found.candidates.length;
  return make("div", { class: "choices" }, make("h2", {}, say("choose")), ...found.candidates.map((c, i) =>
    make("button", { type: "button", "data-key": (i + 1) % 10, onclick: () => look(askFor(c, found.candidates)) },
      make("kbd", {}, String((i + 1) % 10)), make("span", {}, `${c.complex?.name || ""}${c.building.name || c.building.ref}`),
      make("small", {}, c.grid ? `${c.grid.name} ${c.grid.code}` : (c.community?.name || "")))),
  more > 0 ? make("p", { class: "soft" }, say("more", more)) : null);
}

document.getElementById("ask").addEventListener("submit", (event) => { event.preventDefault(); look(box.value); });
day.addEventListener("change", () => { day.value ||= today(); map.again(); if (box.value.trim()) look(box.value); });
document.addEventListener("keydown", (event) => {
  if (typing(event)) return;
  if (event.key === "/") { event.preventDefault(); box.focus(); box.select(); }
  const button = /^\d$/.test(event.key) && out.querySelector(`button[data-key="${event.key}"]`);
  if (button) { event.preventDefault(); button.click(); }
});

offers = suggesting(box, document.getElementById("offers"), (offer) => look(offer.kind === "grid" ? offer.key : offer.label), { here: () => here });
map = new Around(document.getElementById("map"), {
  day: () => day.value,
  clicked: (lon, lat) => look(`${lon.toFixed(6)}, ${lat.toFixed(6)}`),
});
/** The question that the address of the page holds. */
function fromAddress() {
  const said = new URLSearchParams(location.hash.slice(1));
  if (/^\d{4}-\d{2}-\d{2}$/.test(said.get("as_of"))) day.value = said.get("as_of");
  here = HERE.test(said.get("here") || "") ? said.get("here") : "";
  if (said.get("q")) look(said.get("q"), { remember: false });
  return Boolean(said.get("q"));
}
window.addEventListener("popstate", () => {
  if (fromAddress()) return;
  if (asking) asking.abort();
  box.value = "";
  out.replaceChildren();
  map.show({});
});
map.everything().catch(() => {}).then(() => {
  if (!fromAddress()) { box.focus(); document.documentElement.dataset.ready = "yes"; }
});
