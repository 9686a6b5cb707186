/* 数据: addresses in doubt, one at a time; keys 1-5 choose a candidate, 0 sets aside, arrows go on and back. */

import { ask, make, suggesting, typing } from "./ask.js";
import { Around } from "./map.js";
import { say, translate } from "./words.js";

const KEPT = "wangge-review-token";
const gate = document.getElementById("gate"), view = document.getElementById("case");
const field = document.getElementById("token"), trouble = document.getElementById("gate_error");
const waiting = document.getElementById("waiting");
let token = sessionStorage.getItem(KEPT), cases = [], at = 0, left = 0, map, busy = false, notice = "";

translate();

async function load() {
  const said = await ask("/api/review", { limit: 50 }, { token });
  cases = said.cases;
  left = said.waiting;
  at = 0;
  gate.hidden = true;
  view.hidden = false;
  show();
}

function refuse(error) {
  token = null;
  sessionStorage.removeItem(KEPT);
  view.hidden = true;
  gate.hidden = false;
  waiting.textContent = "";
  trouble.textContent = error ? error.message : "";
  field.value = "";
  field.focus();
}

async function enter() {
  try {
    await load();
    sessionStorage.setItem(KEPT, token);
  } catch (error) {
    refuse(error);
  } finally {
    document.documentElement.dataset.ready = "yes";
  }
}

function show() {
  waiting.textContent = say("waiting", left.toLocaleString("en"));
  const one = cases[at];
  if (!one) {
    view.replaceChildren(notice ? make("p", { class: "notice", role: "status" }, notice) : null,
      make("h1", {}, say("all_done")), make("p", { class: "soft" }, say("all_done_help")));
    map.show({});
    return;
  }
  const nothing = one.candidates.length ? null : make("p", { class: "soft" }, say("no_candidates"));
  view.replaceChildren(...[
    notice ? make("p", { class: "notice", role: "status" }, notice) : null,
    make("p", { class: "soft" }, say("case_of", at + 1, cases.length), " · ", say(one.population)),
    make("h1", { class: "address", tabindex: "-1" }, one.address),
    make("p", { class: "why" }, one.reason),
    make("div", { class: "choices" }, make("h2", {}, say("candidates")), nothing, ...one.candidates.slice(0, 5).map((c, i) =>
      make("button", { type: "button", "data-key": i + 1, onclick: () => decide(c.building.ref) },
        make("kbd", {}, String(i + 1)), make("span", {}, `${c.complex?.name || ""}${c.building.name || c.building.ref}`),
        make("small", {}, c.grid ? `${c.grid.name} ${c.grid.code}` : (c.community?.name || "")))),
    make("button", { type: "button", "data-key": 0, class: "aside", onclick: () => decide(null) }, make("kbd", {}, "0"), make("span", {}, say("none_of_ours")))),
    make("div", { class: "steps" },
      make("button", { type: "button", disabled: at === 0, onclick: () => go(-1) }, say("back")),
      make("button", { type: "button", disabled: at + 1 >= cases.length, onclick: () => go(1) }, say("skip"))),
    correction(), naming(one),
  ].filter(Boolean));
  map.show({
    grid: one.candidates.length === 1 ? one.candidates[0].grid?.code : null,
    buildings: one.candidates.map((c) => c.building.ref),
    places: one.candidates.map((c, i) => ({ ...c.point, label: String(i + 1) })),
  });
}

/** A box with suggestions, under a heading that opens it. */
function search(title, hint, chosen, kinds, ...more) {
  const box = make("input", { type: "text", id: "search-" + title, maxlength: "200", placeholder: say(hint), role: "combobox", "aria-expanded": "false", "aria-label": say(title), "aria-autocomplete": "list", "aria-controls": `list-${title}`, spellcheck: "false", autocomplete: "off" });
  const list = make("ul", { role: "listbox", id: `list-${title}`, "aria-label": say(title), hidden: true });
  suggesting(box, list, chosen, { kinds });
  return make("details", {}, make("summary", {}, say(title)), ...more, make("div", { class: "combo" }, box, list));
}

const correction = () => search("correct", "correct_hint", (offer) => decide(offer.building_ref), (offer) => offer.building_ref);

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
    if (error.status === 403) refuse(error);
    else { notice = say("no_answer", error.message); show(); }
  } finally {
    busy = false;
    view.removeAttribute("aria-busy");
  }
}

function decide(building) {
  return act(async () => {
    const one = cases[at];
    const done = await ask(`/api/review/${one.ref}`, {}, { token, method: "POST", body: { building } });
    notice = say("saved", say(done.decision));
    cases.splice(at, 1);
    left -= 1;
    at = Math.min(at, Math.max(0, cases.length - 1));
    if (!cases.length && left > 0) await load();
    else show();
    view.querySelector(".address")?.focus({ preventScroll: true });
  });
}

function learn(name, complex) {
  return act(async () => {
    if (!complex) { notice = say("choose_complex"); show(); return; }
    const done = await ask("/api/review/names", {}, { token, method: "PUT", body: { complex, name } });
    notice = say("saved", done.name);
    show();
  });
}

function go(step) {
  const next = at + step;
  if (next < 0 || next >= cases.length) return;
  at = next;
  notice = "";
  show();
}

gate.addEventListener("submit", (event) => { event.preventDefault(); token = field.value.trim(); enter(); });
document.addEventListener("keydown", (event) => {
  if (typing(event) || view.hidden) return;
  const button = /^[0-5]$/.test(event.key) && view.querySelector(`button[data-key="${event.key}"]`);
  if (button) { event.preventDefault(); button.click(); }
  if (event.key === "ArrowRight") go(1);
  if (event.key === "ArrowLeft") go(-1);
});

const today = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10);
map = new Around(document.getElementById("map"), { day: () => today });
map.everything().catch(() => {}).then(() => {
  if (token) enter();
  else { refuse(null); document.documentElement.dataset.ready = "yes"; }
});
