/* 查询: one box that takes an address or a point, the answer as a sentence, how sure and why, the map around it. */

import { ask, facts, make, suggesting, typing } from "./ask.js";
import { Around } from "./map.js";
import { frame } from "./shell.js";
import { lang, say, translate } from "./words.js";

const box = document.getElementById("box"), day = document.getElementById("day");
const out = document.getElementById("answer");
const MOST_CHARACTERS = box.maxLength;
const POINT = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,2}(?:\.\d+)?)\s*$/;
let map, asking = null, offers;

translate();
frame();
const today = () => new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10); // today in China decides the plan in force
day.value = today();

/** The question as it stands in the box; a point is a pair of numbers. */
function question(text) {
  const point = POINT.exec(text);
  return point ? { lon: point[1], lat: point[2] } : { address: text };
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
  if (remember) history.replaceState(null, "", `#${new URLSearchParams({ q: text, as_of: day.value })}`);
  try {
    const asked = question(text);
    const found = await ask("/api/locate", { ...asked, as_of: day.value }, { signal: mine.signal });
    if ("lon" in asked) showPoint(found, Number(asked.lon), Number(asked.lat));
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

const grid = (g) => make("span", { class: "grid" }, make("b", {}, g.name), " ", make("span", { class: "code" }, g.code));

function planFacts(found) {
  const plan = found.plan, g = found.grid;
  return facts(
    [say("community"), found.community && `${found.community.name || ""} ${found.community.code}`],
    [say("kind"), g && say(g.kind)],
    [say("plan"), plan && say("plan_of", plan.version, plan.valid_from, plan.valid_to ? say("until", plan.valid_to) : "")],
  );
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
  const where = [found.community?.name, found.complex?.name, found.building?.name].filter(Boolean);
  const place = where.length ? where.join(lang === "zh" ? "" : ", ") : `${lon}, ${lat}`;
  if (found.grid) {
    out.replaceChildren(card("good", [place, " → ", grid(found.grid)], sureness(found.confidence), planFacts(found), make("p", { class: "why" }, found.reason)));
  } else {
    out.replaceChildren(card("none", [say(found.status)], make("p", {}, found.reason), planFacts(found)));
  }
  map.show({ grid: found.grid?.code, buildings: found.building ? [found.building.ref] : [], places: [{ lon, lat, label: "" }] });
}

function showAddress(found) {
  if (found.building) {
    const inner = (found.unit ? say("unit", found.unit) : "") + (found.room ? say("room", found.room) : "");
    const place = `${found.complex?.name || ""}${found.building.name || found.building.ref}${inner}`;
    const arrow = found.grid ? [" → ", grid(found.grid)] : [];
    out.replaceChildren(card(found.grid ? "good" : "none", [place, ...arrow],
      found.grid ? sureness(found.confidence) : make("p", {}, found.reason), planFacts(found), why(found)));
    map.show({ grid: found.grid?.code, buildings: [found.building.ref], places: [{ ...found.point, label: "" }] });
    return;
  }
  if (found.status === "ambiguous") {
    const title = found.grid ? [grid(found.grid)] : [say("several", found.candidate_count)];
    const shared = found.grid ? make("p", {}, say("in_grid", found.candidate_count)) : make("p", {}, found.reason);
    out.replaceChildren(card("doubt", title, shared, found.grid ? planFacts(found) : null, choices(found), why(found)));
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

offers = suggesting(box, document.getElementById("offers"), (offer) => look(offer.label));
map = new Around(document.getElementById("map"), {
  day: () => day.value,
  clicked: (lon, lat) => look(`${lon.toFixed(6)}, ${lat.toFixed(6)}`),
});
const before = new URLSearchParams(location.hash.slice(1));
if (/^\d{4}-\d{2}-\d{2}$/.test(before.get("as_of"))) day.value = before.get("as_of");
map.everything().catch(() => {}).then(() => {
  if (before.get("q")) look(before.get("q"), { remember: false });
  else { box.focus(); document.documentElement.dataset.ready = "yes"; }
});
