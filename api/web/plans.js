/* 规划: the list of plans, and beside the map everything a planner does to one of them. */

import { ask, make, pageLink, typing } from "./ask.js";
import { Cutter } from "./cutting.js";
import { Editor, clock, fetched } from "./editor.js";
import { Compare } from "./plan_compare.js";
import { drawGround } from "./plan_ground.js";
import { Findings } from "./plan_findings.js";
import { gains, growthLine, growthSaid } from "./plan_growth.js";
import { newDraft } from "./plan_new.js";
import { Notes } from "./plan_notes.js";
import { Preview } from "./plan_preview.js";
import { Walk } from "./plan_walk.js";
import { Way } from "./plan_way.js";
import { frame } from "./shell.js";
import { say, translate } from "./words.js";

const side = document.getElementById("side"), live = document.getElementById("live");
const number = Number(new URLSearchParams(location.search).get("plan")) || null;
let map, editor, parts, may;

translate();
document.title = say("plans_page");
const session = frame();
start();

async function start() {
  try {
    if (number) await openPlan(number); else await listPlans();
  } catch (error) {
    side.replaceChildren(make("div", { class: "card wrong" }, make("p", {}, say("plan_not_opened", error.message)),
      number ? make("p", {}, make("a", { href: pageLink("/plans") }, `‹ ${say("all_plans")}`)) : null,
      make("button", { type: "button", onclick: () => location.reload() }, say("again"))));
  }
  document.documentElement.dataset.ready = "yes";
}

const planLink = (id) => pageLink("/plans", { plan: id });

async function listPlans() {
  may = await session;
  document.getElementById("map").hidden = true;
  side.style.flex = "1";
  const { plans } = await ask("/api/plans");
  const order = { draft: 0, returned: 0, submitted: 1, approved: 1, published: 2, retired: 3 };
  plans.sort((a, b) => order[a.state] - order[b.state] || b.id - a.id);
  side.replaceChildren(make("h1", {}, say("plans_title")), make("p", { class: "soft" }, say(plans.length ? "plans_hint" : "no_plans")),
    mayEdit() ? newDraft(plans) : "",
    ...plans.map((plan) => make("button", { type: "button", class: "plan-row", onclick: () => location.assign(planLink(plan.id)) },
      make("b", {}, plan.community || plan.community_code),
      make("span", { class: `state ${plan.state}` }, say(`state_${plan.state}`)),
      make("small", {}, `${say("plan_number", plan.id, plan.version)} · ${plan.grids == null ? "" : say("plan_figures", plan.grids, (plan.over || 0) + (plan.under || 0))}`),
      make("small", {}, `${plan.author} ${clock(plan.made_at)}`))));
}

async function openPlan(id) {
  const L = window.L;
  map = L.map("map", { zoomSnap: 0.5, attributionControl: false, zoomControl: false, maxZoom: 21, minZoom: 10, preferCanvas: true, boxZoom: false, zoomAnimation: false });
  L.control.zoom({ position: "topright", zoomInTitle: "+", zoomOutTitle: "−" }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  map.setView([35, 108], 15, { animate: false });
  const [plan, cells, grids] = await fetched(id);
  editor = new Editor(map, plan, cells, grids, tell);
  may = await session;
  build();
  tell();
  drawGround(map, editor.cellLayer.getBounds(), (why) => side.prepend(make("p", { class: "notice", role: "status" }, why)));
  document.addEventListener("keydown", keys);
  const box = map.getContainer();
  window.addEventListener("beforeprint", () => {  // what is seen, as large as the paper: a canvas drawn anew now would be printed empty
    const { x, y } = map.getSize();
    Object.assign(box.style, { width: `${x}px`, height: `${y}px`, zoom: String(Math.min(1, 1040 / x, 640 / y)) });
  });
  window.addEventListener("afterprint", () => Object.assign(box.style, { width: "", height: "", zoom: "" }));
  window.addEventListener("beforeunload", (event) => { if (!editor.sure && editor.away) event.preventDefault(); });
}

// ---------------------------------------------------------------- the panel

function build() {
  const { plan } = editor;
  if (parts) parts.notes.remove();
  const previewed = make("div", {}), preview = new Preview(editor, previewed);
  const way = new Way(editor, may, moved), recheck = () => { editor.findings = null; editor.check(); tell(); };
  const button = (word, act, more = {}) => make("button", { type: "button", onclick: act, ...more }, say(word));
  const tool = (name) => button(`tool_${name}`, () => { choose(name); }, { "data-tool": name });
  parts = {
    saved: make("p", { class: "saved", role: "status" }),
    trouble: make("p", { class: "notice wrong", role: "alert", hidden: true }),
    conflict: make("div", { class: "conflict", role: "alertdialog", hidden: true }),
    tools: ["pick", "brush", "box", "lasso", "cut"].map(tool),
    target: make("p", { class: "soft" }),
    undo: button("undo_step", () => editor.do({ step: "undo" })),
    redo: button("redo_step", () => editor.do({ step: "redo" })),
    merge: button("merge_grids", () => editor.do({ operation: "merge", grids: editor.codes })),
    split: button("split_grid", () => editor.do({ operation: "split", grid: editor.codes[0], parts: 2 })),
    redraw: button("redraw_grids", () => preview.show({ operation: "redraw", grids: editor.codes }, say(editor.codes.length ? "redraw_some" : "redraw_all")), { title: say("redraw_hint") }),
    dissolve: button("dissolve_grid", () => editor.do({ operation: "dissolve", grid: editor.codes[0] })),
    lock: button("lock_grid", lock),
    rename: button("rename_grid", rename),
    sizes: make("ul", { class: "sizes" }),
    growth: make("p", { class: "soft growth" }),
    findings: new Findings(editor, { preview, changed: (revision) => { editor.plan = { ...editor.plan, revision }; recheck(); } }),
    notes: new Notes(editor, may),
    steps: make("ul", { class: "steps-list" }),
    found: make("ul", {}),
  };
  const whole = make("select", { "aria-label": say("tools"), onchange: (event) => { editor.whole = event.target.value === "complex"; } },
    make("option", { value: "cell" }, say("by_cell")), make("option", { value: "complex" }, say("by_complex")));
  const size = make("input", { type: "range", min: 4, max: 60, value: editor.radius, "aria-label": say("brush_size"), title: say("brush_size"), oninput: (event) => { editor.radius = Number(event.target.value); } });
  const finder = make("input", { type: "search", placeholder: say("find_building"), "aria-label": say("find_building"), oninput: (event) => find(event.target.value) });
  const record = make("details", { ontoggle: (event) => { if (event.target.open) steps(); } }, make("summary", {}, say("timeline_title")), parts.steps);
  const buildings = make("details", { class: "find" }, make("summary", {}, say("buildings_title")), make("p", { class: "soft" }, say("buildings_hint")), finder, parts.found);
  side.replaceChildren(
    make("a", { href: pageLink("/plans") }, `‹ ${say("all_plans")}`),
    make("h1", {}, plan.community || plan.community_code),
    make("p", { class: "soft" }, `${say("plan_number", plan.id, plan.version)} · ${say(`state_${plan.state}`)} · ${plan.author}`),
    ...(editor.open && mayEdit()
      ? [parts.saved, parts.trouble, parts.conflict,
        make("div", { class: "tools", role: "toolbar", "aria-label": say("tools") }, ...parts.tools, whole, size),
        make("div", { class: "tools" }, parts.undo, parts.redo, parts.merge, parts.split, parts.redraw, parts.dissolve, parts.lock, parts.rename),
        parts.target, previewed]
      : [make("p", { class: "notice" }, say(editor.open ? "noright_edit" : "frozen")), mayEdit() ? make("div", { class: "tools" }, button("copy_as_draft", copy)) : null].filter(Boolean)),
    plan.state === "draft" ? "" : way.node,
    make("section", {}, make("p", { class: "band" }, say("target_band", plan.rules.min_households, plan.rules.max_households)), parts.sizes, parts.growth),
    make("section", {}, make("h2", {}, say("checks_title")), parts.findings.said, parts.findings.list),
    plan.state === "draft" ? way.node : "",
    parts.notes.node,
    make("section", {}, new Compare(editor).node),
    plan.state === "retired" ? "" : make("section", {}, new Walk(editor, { may: mayEdit(), kept: recheck }).node),
    ...(editor.open && mayEdit() ? [buildings, record] : []),
  );
  if (editor.open) parts.cutter = new Cutter(editor, parts.target);
  choose("pick");
}

const mayEdit = () => Boolean(may && may.may && may.may.includes("edit"));

/** After a deed on the plan's way: the panel as the plan is now. */
async function moved() {
  await editor.reload();
  build();
  live.textContent = say(`state_${editor.plan.state}`);
}

function choose(name) {
  editor.tool = name;
  for (const one of parts.tools) one.setAttribute("aria-pressed", String(one.dataset.tool === name));
  map.dragging[name === "pick" || !editor.open ? "enable" : "disable"]();
  map.getContainer().classList.toggle("painting", name !== "pick");
  parts.cutter?.chosen();
  tell();
}

async function lock() {
  const rows = editor.chosen.map((label) => editor.grids.get(label));
  await editor.do({ operation: "lock", grids: editor.codes, locked: !rows.every((row) => row.locked) });
}

function rename() {
  const row = editor.grids.get(editor.chosen[0]);
  const name = make("input", { type: "text", value: row.name, maxlength: 60, "aria-label": say("new_name") });
  const done = () => { form.remove(); parts.rename.focus(); };
  const form = make("form", { class: "tools", onsubmit: (event) => {
    event.preventDefault();
    if (name.value.trim() && name.value.trim() !== row.name) editor.do({ operation: "rename", grid: row.code, name: name.value.trim() });
    done();
  } }, name, make("button", {}, say("rename_grid")));
  name.addEventListener("keydown", (event) => { if (event.key === "Escape") done(); });
  parts.target.before(form);
  name.select();
}

async function copy(event) {
  event.currentTarget.disabled = true;
  const { plan } = await ask("/api/plans", {}, { method: "POST", body: { plan: editor.plan.id } });
  location.assign(planLink(plan));
}

/** Bring the panel up to date. */
function tell() {
  if (!parts) return;
  const { plan, chosen } = editor;
  const rows = [...editor.grids.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
  const most = Math.max(plan.rules.max_households * 1.5, ...rows.map((row) => row.households));
  const focused = document.activeElement && document.activeElement.dataset.label;
  const gained = gains(editor);
  parts.sizes.replaceChildren(...rows.map((row) => gauge(row, plan.rules, most, gained.get(row.label))));
  parts.growth.textContent = growthSaid(editor);
  if (focused) parts.sizes.querySelector(`[data-label="${focused}"]`)?.focus();
  parts.findings.tell();
  if (!editor.open) return;
  const row = editor.grids.get(chosen[0]);
  parts.target.textContent = editor.tool === "pick" || editor.tool === "cut"
    ? (row ? `${row.name} ${row.code}` : say("pick_first"))
    : `${say("paint_into")} ${row ? row.name : say("new_grid")}`;
  const idle = editor.sure && !editor.conflict;
  parts.undo.disabled = !idle || !plan.undo;
  parts.redo.disabled = !idle || !plan.redo;
  parts.merge.disabled = chosen.length < 2;
  parts.merge.title = say("pick_two");
  for (const one of [parts.split, parts.dissolve, parts.rename]) one.disabled = chosen.length !== 1;
  parts.lock.disabled = !chosen.length;
  parts.lock.textContent = say(chosen.length && chosen.every((label) => editor.grids.get(label).locked) ? "unlock_grid" : "lock_grid");
  parts.saved.classList.toggle("waiting", editor.away);
  parts.saved.textContent = editor.away ? say("unsaved", editor.waiting.length) : idle ? say("plan_saved", plan.revision) : say("plan_saving");
  document.documentElement.dataset.saved = idle ? String(plan.revision) : "no";
  parts.trouble.hidden = !editor.trouble && !editor.note;
  parts.trouble.classList.toggle("wrong", Boolean(editor.trouble));
  parts.trouble.textContent = editor.trouble || editor.note || "";
  conflict();
}

function gauge(row, rules, most, gained) {
  const off = row.kind !== "exclusive" && (row.households < rules.least || row.households > rules.most);
  const chip = make("i", {}), band = make("span", {}), bar = make("b", {});
  chip.style.background = `var(--fill-${row.colour})`;
  band.style.left = `${(100 * rules.min_households) / most}%`;
  band.style.right = `${100 - (100 * rules.max_households) / most}%`;
  bar.style.width = `${(100 * row.households) / most}%`;
  return make("li", {}, make("button", {
    type: "button", "data-label": row.label, "aria-pressed": String(editor.chosen.includes(row.label)),
    onclick: (event) => editor.pick(row.label, event.ctrlKey || event.metaKey || event.shiftKey), ondblclick: () => editor.show(row.label), title: row.code,
  }, chip, make("span", { class: "name" }, `${row.name}${row.locked ? ` · ${say("locked_mark")}` : ""}${row.decision ? ` · ${say(`mark_${row.decision.verdict}`)}` : ""}`),
  make("span", { class: off ? "size off" : "size" }, say("households_n", row.households)), make("span", { class: "gauge" }, band, bar), growthLine(row, rules, gained)));
}

function conflict() {
  const met = editor.conflict;
  parts.conflict.hidden = !met;
  if (!met) return;
  const settle = (how) => async (event) => {
    event.currentTarget.disabled = true;
    const made = await editor.settle(how);
    if (made) location.assign(planLink(made));
  };
  parts.conflict.replaceChildren(make("b", {}, say("conflict_title")),
    make("p", {}, say("conflict_theirs", met.theirs.join("；") || say("conflict_none"))), make("p", {}, say("conflict_mine", met.mine.join("；") || say("conflict_none"), editor.waiting.length)),
    make("div", { class: "tools" }, ...[["take_theirs", "theirs"], ["keep_both", "both"], ["mine_apart", "apart"]].map(([word, how]) =>
      make("button", { type: "button", onclick: settle(how) }, say(word)))));
}

async function steps() {
  const { edits, step } = await ask(`/api/plans/${editor.plan.id}/edits`);
  const line = (number, text, current) => make("li", {}, make("button", {
    type: "button", class: current ? "" : "off-way", "aria-current": number === step ? "step" : null, onclick: async () => {
      if (!editor.sure) return;
      await ask(`/api/plans/${editor.plan.id}/step`, {}, { method: "PUT", body: { step: number }, seen: editor.plan.revision });
      await editor.reload();
      steps();
    },
  }, text));
  parts.steps.replaceChildren(line(0, say("beginning"), true),
    ...edits.map((one) => line(one.number, `${one.number}. ${say(`said_${one.operation}`)} · ${one.actor.replace(/^http:/, "")} ${clock(one.at)}`, one.current)));
}

function find(text) {
  const wanted = text.trim();
  const some = !wanted ? [] : [...editor.features.values()].map((f) => f.properties)
    .filter((one) => one.building != null && `${one.complex_name || ""}${one.building_name || ""}${one.building}`.includes(wanted)).slice(0, 50);
  parts.found.replaceChildren(...some.map((one) => make("li", {}, make("button", {
    type: "button", onclick: () => { editor.give([one.cell]); live.textContent = say("took", one.building_name || one.building, (editor.grids.get(editor.chosen[0]) || { name: say("new_grid") }).name); },
  }, `${one.complex_name || ""}${one.building_name || one.building} · ${say("households_n", one.households)} · ${(editor.grids.get(editor.label.get(one.cell)) || {}).name || ""}`))));
}

function keys(event) {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "z" && !/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) {
    event.preventDefault();
    (event.shiftKey ? parts.redo : parts.undo).click();
  } else if (command && event.key.toLowerCase() === "y") { event.preventDefault(); parts.redo.click(); }
  if (typing(event)) return;
  const tool = { v: "pick", b: "brush", r: "box", l: "lasso", k: "cut" }[event.key];
  if (tool && editor.open) choose(tool);
  if (event.key === "Escape" && !parts.cutter?.cancel()) editor.pick(null);
}

export { session };
