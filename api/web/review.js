/* 数据: addresses in doubt, one at a time; keys 1-9 choose a candidate, 0 sets aside, U undoes, arrows go on and back. */

import { ask, make, suggesting, typing } from "./ask.js";
import { Around } from "./map.js";
import { showRates } from "./rates.js";
import { frame } from "./shell.js";
import { say, translate } from "./words.js";

const KEPT = "wangge-review-token";
const HEADER = /^[\x21-\x7e]+$/; // what a header can carry: nothing else can be the token
const PLACES = ["complex", "community", "grid"];
const gate = document.getElementById("gate"), view = document.getElementById("case"), rates = document.getElementById("rates");
const tabs = document.getElementById("tabs");
const field = document.getElementById("token"), trouble = document.getElementById("gate_error");
const waiting = document.getElementById("waiting");
let token = sessionStorage.getItem(KEPT), signedIn = false, cases = [], at = 0, left = 0, map, busy = false, notice = null, last = null, loads = 0;

translate();

/** What the address of the page asks for: the rates of a kind of place, or cases, perhaps of one place. */
function wanted() {
  const said = new URLSearchParams(location.hash.slice(1));
  if (said.has("rates")) return { rates: said.get("rates") };
  const by = PLACES.find((name) => said.get(name));
  return { place: by ? { [by]: said.get(by) } : {}, name: said.get("name") };
}

/** Show what the address asks for. Raises what `ask` raises. */
async function load() {
  const { rates: by, place } = wanted(), turn = ++loads, goneOn = () => turn !== loads;
  if (by === undefined) await loadCases(place, goneOn);
  else await showRates(rates, by, token, goneOn);
  if (goneOn()) return;
  if (by !== undefined) map.show({});
  gate.hidden = true;
  tabs.hidden = false;
  view.hidden = by !== undefined;
  rates.hidden = by === undefined;
  for (const [key, at] of [["tab_cases", by === undefined], ["tab_rates", by !== undefined]]) {
    const link = tabs.querySelector(`[data-t=${key}]`);
    if (at) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
}

async function loadCases(place, goneOn = () => false) {
  const said = await ask("/api/review", { limit: 50, ...place }, { token });
  if (goneOn()) return;
  cases = said.cases;
  left = said.waiting;
  at = 0;
  show();
}

/** Back to the gate: nothing of what was seen stays on the page. */
function refuse(error) {
  token = null;
  sessionStorage.removeItem(KEPT);
  view.hidden = rates.hidden = tabs.hidden = true;
  view.replaceChildren();
  rates.replaceChildren();
  gate.hidden = false;
  waiting.textContent = "";
  trouble.textContent = error ? error.message : "";
  field.value = "";
  field.focus();
}

async function enter() {
  trouble.textContent = "";
  try {
    await load();
    if (!signedIn) sessionStorage.setItem(KEPT, token);
    view.parentElement.scrollTop = 0;
  } catch (error) {
    if (error.status === 403 && !signedIn) refuse(error);
    else if (!gate.hidden) trouble.textContent = error.message;
    else fail(error);
  } finally {
    document.documentElement.dataset.ready = "yes";
  }
}

/** The list could not be had: say so, and offer another try. */
function fail(error) {
  rates.hidden = true;
  view.hidden = false;
  cases = [];
  view.replaceChildren(make("div", { class: "card wrong", role: "alert" }, make("p", {}, say("no_list", error.message)),
    make("button", { type: "button", onclick: enter }, say("again"))));
}

function show() {
  waiting.textContent = say("waiting", left.toLocaleString("en"));
  const one = cases[at];
  if (!one) {
    const here = Object.keys(wanted().place || {}).length > 0;
    view.replaceChildren(...[noticed(), filtered(),
      make("h1", {}, say(here ? "none_here" : "all_done")), here ? null : make("p", { class: "soft" }, say("all_done_help"))].filter(Boolean));
    map.show({});
    return;
  }
  const nothing = one.candidates.length ? null : make("p", { class: "soft" }, say(one.masked ? "no_candidates_seen" : "no_candidates"));
  view.replaceChildren(...[
    noticed(), filtered(),
    make("p", { class: "soft" }, say("case_of", at + 1, cases.length), " · ", say(one.population)),
    make("h1", { class: one.address ? "address" : "address soft", tabindex: "-1" }, one.address || say("masked_unknown")),
    one.masked ? make("p", { class: "soft" }, say("masked_note")) : null,
    make("p", { class: "why" }, one.reason),
    make("div", { class: "choices" }, make("h2", {}, say(one.masked ? "candidates_seen" : "candidates")), nothing, gridsOf(one),
      ...one.candidates.map((c, i) => choice(one, c, i)), ...(one.masked ? [] : furtherChoices(one))),
    make("div", { class: "steps" },
      make("button", { type: "button", disabled: at === 0, onclick: () => go(-1) }, say("back")),
      make("button", { type: "button", disabled: at + 1 >= cases.length, onclick: () => go(1) }, say("skip"))),
    ...(one.masked ? [] : [correction(), naming(one)]), make("button", { type: "button", class: "plain", onclick: download }, say("download")),
  ].filter(Boolean));
  map.show({
    grid: one.candidates.length === 1 ? one.candidates[0].grid?.code : null,
    buildings: one.candidates.map((c) => c.building.ref),
    places: one.candidates.map((c, i) => ({ ...c.point, label: String(i + 1) })),
  });
}

/** A building it may be: to be chosen, or where households are seen masked, to be looked at. */
function choice(one, c, i) {
  const differs = one.grids_differ && c.grid?.code !== one.candidates[0].grid?.code;
  const said = [make(one.masked ? "b" : "kbd", {}, String(i + 1)), make("span", {}, `${c.complex?.name || ""}${c.building.name || c.building.ref}`),
    make("small", {}, c.grid ? `${c.grid.name} ${c.grid.code}` : (c.community?.name || ""))];
  if (one.masked) return make("p", { class: differs ? "seen differs" : "seen" }, ...said);
  return make("button", { type: "button", "data-key": i + 1, class: differs ? "differs" : null, onclick: () => decide({ building: c.building.ref }) }, ...said);
}

const furtherChoices = (one) => [
  ...one.complexes.map((home) => make("button", { type: "button", class: "aside", onclick: () => decide({ building: null, complex: home.ref }) },
    make("span", {}, say("only_complex", home.name || home.ref)))),
  make("button", { type: "button", "data-key": 0, class: "aside", onclick: () => decide({ building: null }) }, make("kbd", {}, "0"), make("span", {}, say("none_of_ours"))),
];

/** Whether the choice matters for the grid. */
const gridsOf = (one) => (one.candidates.length < 2 ? null
  : make("p", { class: one.grids_differ ? "differs" : "soft" }, say(one.grids_differ ? "grids_differ" : "one_grid")));

/** Say something above the next case: `not_done` is an error. */
function tell(key, ...values) { notice = { text: say(key, ...values), wrong: key === "not_done" }; }

const noticed = () => notice && make("p", { class: notice.wrong ? "notice wrong" : "notice", role: notice.wrong ? "alert" : "status" },
  notice.text, notice.undoes ? make("button", { type: "button", class: "plain", "data-key": "u", onclick: undo }, say("undo")) : null);

/** Which place the cases are of, and the way back to all of them. */
function filtered() {
  const { place, name } = wanted(), [[by, key] = []] = Object.entries(place || {});
  if (!key) return null;
  const called = by === "complex" ? name || key : `${name || ""} ${key}`.trim(); // names of grids come again and again
  return make("p", { class: "filtered" }, make("span", {}, say("only", called)), make("a", { href: "#cases" }, say("all_places")));
}

/** The same cases as a workbook; the token goes along in the header, so no plain link will do. */
function download() {
  return act(async () => {
    const file = await ask("/api/review/list.xlsx", wanted().place, { token, as: "blob" });
    const link = make("a", { href: URL.createObjectURL(file), download: `${say("download_name")}.xlsx` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });
}

/** A box with suggestions, under a heading that opens it. */
function search(title, hint, chosen, kinds, ...more) {
  const box = make("input", { type: "text", id: "search-" + title, maxlength: "200", placeholder: say(hint), role: "combobox", "aria-expanded": "false", "aria-label": say(title), "aria-autocomplete": "list", "aria-controls": `list-${title}`, spellcheck: "false", autocomplete: "off" });
  const list = make("ul", { role: "listbox", id: `list-${title}`, "aria-label": say(title), hidden: true });
  suggesting(box, list, chosen, { kinds });
  return make("details", {}, make("summary", {}, say(title)), ...more, make("div", { class: "combo" }, box, list));
}

const correction = () => search("correct", "correct_hint", (offer) => decide({ building: offer.building_ref }), (offer) => offer.building_ref);

function naming(one) {
  const name = make("input", { type: "text", maxlength: "100", "aria-label": say("alias_hint"), placeholder: say("alias_hint"), spellcheck: "false" });
  let complex = null;
  const save = make("button", { type: "button", onclick: () => learn(name.value, complex) }, say("save"));
  const part = search("alias", "alias_of", (offer) => { complex = offer.complex_ref; save.focus(); }, (offer) => offer.complex_ref && !offer.building_ref, name);
  part.append(save);
  name.value = one.address.replace(/[0-9０-９#].*$/, "").slice(0, 40); // what stands before the first number is mostly the name
  return part;
}

async function act(work) {
  if (busy) return;
  busy = true;
  view.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    if (error.status === 403 && !signedIn) refuse(error);
    else if (error.status === 409) { await loadCases(wanted().place); tell("not_done", error.message); show(); }
    else { tell("not_done", error.message); show(); }
  } finally {
    busy = false;
    view.removeAttribute("aria-busy");
  }
}

function decide(said) {
  return act(async () => {
    const one = cases[at];
    const done = await ask(`/api/review/${one.ref}`, {}, { token, method: "POST", body: { ...said, revision: one.revision } });
    last = { ref: one.ref, revision: done.revision };
    tell("saved", say(done.decision === "complex" ? "complex_done" : done.decision));
    notice.undoes = true;
    cases.splice(at, 1);
    left -= 1;
    at = Math.min(at, Math.max(0, cases.length - 1));
    if (!cases.length && left > 0) await loadCases(wanted().place);
    else show();
    view.querySelector(".address")?.focus({ preventScroll: true });
  });
}

/** Take back the last decision; its case waits again. */
function undo() {
  return act(async () => {
    const { ref, revision } = last;
    last = null;
    await ask(`/api/review/${ref}/undo`, {}, { token, method: "POST", body: { revision } });
    await loadCases(wanted().place);
    at = Math.max(0, cases.findIndex((one) => one.ref === ref));
    tell("undone");
    show();
  });
}

function learn(name, complex) {
  return act(async () => {
    if (!complex) { tell("choose_complex"); show(); return; }
    const done = await ask("/api/review/names", {}, { token, method: "PUT", body: { complex, name } });
    tell("saved", done.name);
    show();
  });
}

function go(step) {
  const next = at + step;
  if (next < 0 || next >= cases.length) return;
  at = next;
  notice = null;
  show();
}

window.addEventListener("hashchange", () => { if (signedIn || token) { notice = null; enter(); } });
gate.addEventListener("submit", (event) => {
  event.preventDefault();
  const given = field.value.trim();
  if (!HEADER.test(given)) { trouble.textContent = say(given ? "bad_token" : "no_token"); field.select(); return; }
  token = given;
  enter();
});
document.addEventListener("keydown", (event) => {
  if (typing(event) || view.hidden) return;
  const button = /^[0-9u]$/.test(event.key) && view.querySelector(`button[data-key="${event.key}"]`);
  if (button) { event.preventDefault(); button.click(); }
  if (event.key === "ArrowRight") go(1);
  if (event.key === "ArrowLeft") go(-1);
});

const today = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10);
map = new Around(document.getElementById("map"), { day: () => today });
Promise.all([frame(), map.everything().catch(() => {})]).then(([now]) => {
  for (const link of tabs.querySelectorAll("[data-right]")) link.hidden = !(now && now.accounts && now.may.includes(link.dataset.right));
  signedIn = Boolean(now && now.accounts);
  if (signedIn) { token = null; sessionStorage.removeItem(KEPT); }
  if (signedIn || token) enter();
  else { refuse(null); document.documentElement.dataset.ready = "yes"; }
});
