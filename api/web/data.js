/* 数据: a file is chosen, looked at, tried and loaded; work that goes on; what was loaded. */

import "./data_words.js";
import { ask, make } from "./ask.js";
import { fetchLink, refresh, showJobs, start, whenOver } from "./data_jobs.js";
import { Beside } from "./data_map.js";
import { foresee, showRecord } from "./data_record.js";
import { frame } from "./shell.js";
import { lang, say, translate } from "./words.js";

const LAYERS = ["communities", "complexes", "buildings", "roads", "water", "stations", "grids", "streets", "districts", "aliases"];
const DATUMS = ["EPSG:4490", "EPSG:4326", "gcj02", "bd09"];
const ORDER = [".shp", ".zip", ".gpkg", ".geojson", ".json", ".xlsx", ".xls", ".csv", ".tsv", ".txt"];
const places = { load: document.getElementById("load"), jobs: document.getElementById("jobs"), record: document.getElementById("record") };
const rows = document.getElementById("rows"), tabs = document.getElementById("tabs"), live = document.getElementById("live");
let map, may = [], known = {}, chosen = null, seen = null, turn = 0;

translate();

/* ---------------------------------------------------------------- choosing */

function begin(trouble = null) {
  chosen = seen = null;
  rows.hidden = true;
  map.show(null);
  const layer = make("select", { id: "layer" }, ...[...LAYERS, ...(may.includes("review") ? ["residents"] : [])].map((name) => make("option", { value: name }, say(`layer_${name}`))));
  layer.value = new URLSearchParams(location.hash.slice(1)).get("layer") || "complexes";
  if (!layer.value) layer.value = "complexes";
  const box = make("input", { type: "file", id: "file", multiple: true });
  const drop = make("label", { class: "drop", for: "file" }, make("b", {}, say("choose_file")), make("small", {}, say("file_kinds")), box);
  const progress = make("p", { class: "saved", role: "status" });
  const go = (files) => send([...files], layer.value, progress);
  box.addEventListener("change", () => go(box.files));
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") go(event.dataTransfer.files);
    });
  }
  places.load.replaceChildren(...[
    make("h1", {}, say("load_title")), make("p", { class: "soft" }, say("load_hint")),
    trouble ? make("p", { class: "notice wrong", role: "alert" }, trouble) : null,
    make("div", { class: "step" }, make("label", { for: "layer" }, say("layer")), layer, drop, progress)].filter(Boolean));
}

const rank = (file) => { const at = ORDER.findIndex((suffix) => file.name.toLowerCase().endsWith(suffix)); return at < 0 ? ORDER.length : at; };

/** Send files that belong together, the one that is loaded first. */
async function send(files, layer, progress) {
  if (!files.length) return;
  files.sort((a, b) => rank(a) - rank(b));
  let upload = null;
  try {
    for (const file of files) upload = await sendOne(file, upload, (share) => { progress.textContent = say("sending", file.name, Math.round(share * 100)); });
    chosen = { upload, layer, table: null, crs: null, mapping: {}, name: files[0].name };
    progress.textContent = say("looking");
    await look();
  } catch (error) {
    begin(error.message);
  }
}

const sendOne = (file, upload, moved) => new Promise((resolve, reject) => {
  const sending = new XMLHttpRequest(), query = new URLSearchParams({ name: file.name, lang, ...(upload ? { upload } : {}) });
  sending.open("POST", `/api/imports?${query}`);
  sending.setRequestHeader("Content-Type", "application/octet-stream");
  sending.upload.onprogress = (event) => moved(event.total ? event.loaded / event.total : 0);
  sending.onerror = () => reject(new Error(say("no_server")));
  sending.onload = () => {
    let said = {};
    try { said = JSON.parse(sending.responseText); } catch { /* told below */ }
    if (sending.status === 201) resolve(said.upload);
    else reject(new Error(said.detail || `HTTP ${sending.status}`));
  };
  moved(0);
  sending.send(file);
});

/* ---------------------------------------------------------------- looking */

/** Look at the file as chosen so far, and show it. Raises what `ask` raises the first time; later it is shown. */
async function look() {
  const mine = ++turn, { upload, layer, table, crs, mapping } = chosen;
  const said = await ask(`/api/imports/${upload}/look`, {}, { method: "POST", body: { layer, table, crs, mapping } });
  if (mine !== turn) return;
  seen = said;
  if (!Object.keys(chosen.mapping).length) chosen.mapping = Object.fromEntries(said.columns.filter((c) => c.ours).map((c) => [c.ours, c.name]));
  showRows();
  map.show(said.shapes, said.trouble);
  showChoices();
}

async function lookAgain() {
  places.load.setAttribute("aria-busy", "true");
  try {
    await look();
  } catch (error) {
    if (error.status === 404) begin(error.message);
    else tellResult(make("p", { class: "notice wrong", role: "alert" }, error.message));
  } finally {
    places.load.removeAttribute("aria-busy");
  }
}

/** A column of ours in words, where there are any. */
const called = (name) => { const word = say(`column_${name}`); return word === `column_${name}` ? name : word; };

function showRows() {
  const head = seen.columns.map((column) => make("th", { class: column.ours ? "taken" : null, scope: "col", title: column.name }, column.name,
    make("small", {}, column.ours ? called(column.ours) : say("column_none"))));
  rows.hidden = false;
  rows.replaceChildren(make("table", {}, make("caption", {}, say("rows_first", seen.first.length, seen.rows.toLocaleString("en"))),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, say("row")), ...head)),
    make("tbody", {}, ...seen.first.map((row) => make("tr", {}, make("th", { class: "number", scope: "row" }, String(row.number)),
      ...row.cells.map((cell) => make("td", { title: cell }, cell)))))));
}

const chooser = (id, values, value, changed) => {
  const box = make("select", { id, onchange: () => changed(box.value) }, ...values.map(([key, text]) => make("option", { value: key, selected: key === value }, text)));
  return box;
};

function showChoices() {
  const contract = known[chosen.layer] || { columns: [], required: [] };
  const steps = [make("h1", {}, say("what_came", seen.source, seen.rows.toLocaleString("en"))),
    make("p", { class: "soft" }, say(`layer_${chosen.layer}`), " · ", make("button", { type: "button", class: "plain", onclick: leave }, say("other_file")))];
  if (seen.tables.length) {
    steps.push(make("div", { class: "step" }, make("label", { for: "table" }, say("sheet")),
      chooser("table", [["", say("sheet_itself")], ...seen.tables.map((name) => [name, name])], chosen.table || "", (value) => { chosen.table = value || null; chosen.mapping = {}; lookAgain(); })));
  }
  if (seen.shapes || seen.trouble) steps.push(datum());
  steps.push(columns(contract));
  if (seen.missing.length) steps.push(make("p", { class: "notice wrong", role: "alert" }, say("lacking", seen.missing.map(called).join(lang === "zh" ? "、" : ", "))));
  for (const note of seen.notes) steps.push(make("p", { class: "soft" }, note));
  steps.push(deeds());
  places.load.replaceChildren(...steps);
}

function datum() {
  const own = seen.crs ? say("datum_said", seen.crs) : say("datum_none"), other = chosen.crs && !DATUMS.includes(chosen.crs);
  const code = make("input", { type: "text", id: "code", value: other ? chosen.crs : "", placeholder: say("datum_code"), hidden: !other, maxlength: 40,
    onchange: () => { chosen.crs = code.value.trim() || null; lookAgain(); } });
  const box = chooser("datum", [["", own], ...DATUMS.map((name) => [name, name]), ["other", say("datum_other")]], other ? "other" : chosen.crs || "", (value) => {
    code.hidden = value !== "other";
    if (value === "other") { code.focus(); return; }
    chosen.crs = value || null;
    lookAgain();
  });
  return make("div", { class: "step" }, make("label", { for: "datum" }, say("datum")), box, code,
    seen.trouble ? make("p", { class: "notice wrong", role: "alert" }, seen.trouble) : make("p", { class: "small soft" }, say("datum_help")));
}

/** What a column means was changed by hand: nothing has to be read again for it. */
function remap(contract, focused) {
  const taken = Object.fromEntries(Object.entries(chosen.mapping).map(([ours, theirs]) => [theirs, ours]));
  for (const column of seen.columns) column.ours = taken[column.name] || null;
  seen.missing = contract.required.filter((name) => !chosen.mapping[name] && !(name === "ref" && contract.shapes));
  showRows();
  showChoices();
  document.getElementById(focused).focus();
}

function columns(contract) {
  const values = [["", say("column_none")], ...seen.columns.map((column) => [column.name, column.name])];
  return make("div", { class: "step" }, make("h2", {}, say("columns")), make("table", { class: "columns" }, make("tbody", {}, ...contract.columns.map((name) => {
    const needed = contract.required.includes(name), box = chooser(`column-${name}`, values, chosen.mapping[name] || "", (value) => {
      if (value) chosen.mapping[name] = value; else delete chosen.mapping[name];
      remap(contract, `column-${name}`);
    });
    return make("tr", { class: seen.missing.includes(name) ? "lacking" : null }, make("th", { scope: "row" }, make("label", { for: `column-${name}`, title: name }, called(name), needed ? make("b", { title: say("column_needed") }, " *") : null)), make("td", {}, box));
  }))));
}

/* ---------------------------------------------------------------- trying and loading */

const tick = (id, key) => make("label", { class: "tick", for: id }, make("input", { type: "checkbox", id }), make("span", {}, say(key)));

function deeds() {
  const people = chosen.layer === "residents", lists = people || chosen.layer === "aliases";
  const ready = !seen.missing.length && !seen.trouble;
  const attempt = make("button", { type: "button", class: "first", id: "try", disabled: !ready, onclick: () => run(true) }, say("try_load"));
  const load = make("button", { type: "button", id: "go", disabled: true, onclick: () => run(false) }, say("load_now"));
  return make("div", { class: "step" }, tick("good", "good_rows"),
    lists && !people ? null : make("details", {}, make("summary", {}, say("more_choices")),
      ...(people ? [tick("whole", "choice_whole")] : [tick("moved", "choice_moved"), tick("same", "choice_update"), tick("replace", "choice_replace")])),
    make("div", { class: "deeds" }, attempt, load), make("div", { id: "result", "aria-live": "polite" }));
}

const ticked = (id) => { const box = document.getElementById(id); return Boolean(box && box.checked); };
const tellResult = (...parts) => { const place = document.getElementById("result"); if (place) { place.replaceChildren(...parts.filter(Boolean)); place.scrollIntoView({ block: "nearest" }); } };

async function run(dry) {
  const { upload, layer, table, crs, mapping } = chosen, people = layer === "residents";
  const body = { table, mapping, dry_run: dry, good_rows: ticked("good") };
  if (people) body.whole = ticked("whole");
  else Object.assign(body, { layer, crs, moved: ticked("moved"), same: ticked("same") ? "update" : null, replace: ticked("replace") });
  const buttons = [document.getElementById("try"), document.getElementById("go")];
  for (const button of buttons) button.disabled = true;
  const busy = make("p", { class: "saved waiting", role: "status" }, say(dry ? "trying" : "loading_now"));
  tellResult(busy, make("progress", {}));
  try {
    const job = await start(`/api/imports/${upload}/${people ? "residents" : "load"}`, body);
    const done = await whenOver(job.id, (now) => { busy.textContent = `${say(dry ? "trying" : "loading_now")} ${say(`job_${now.state}`)}`; });
    const well = done.state === "done";
    if (well && !dry) loaded(done);
    else {
      tellResult(...outcome(done, dry));
      buttons[0].disabled = false;
      buttons[1].disabled = !well;
      if (well) buttons[1].focus();
    }
    live.textContent = say(well ? (dry ? "tried_well" : "loaded") : "tried_badly");
  } catch (error) {
    if (error.status === 404) { begin(error.message); return; }
    tellResult(make("p", { class: "notice wrong", role: "alert" }, error.message));
    buttons[0].disabled = false;
  }
}

/** What came of a trial or a load: in words, and faults as a table. */
function outcome(job, dry) {
  const well = job.state === "done", faults = job.told.filter((text) => text.includes("\t")).map((text) => text.split("\t"));
  const said = job.told.filter((text) => !text.includes("\t"));
  return [
    make("p", { class: well ? "notice" : "notice wrong", role: well ? "status" : "alert" }, well ? say(dry ? "tried_well" : "loaded") : job.error || say(`job_${job.state}`)),
    said.length ? make("ul", { class: "told" }, ...said.map((text) => make("li", {}, text))) : null,
    faults.length ? make("table", { class: "faults" },
      make("thead", {}, make("tr", {}, ...["fault_row", "fault_column", "fault_value", "fault_why"].map((key) => make("th", { scope: "col" }, say(key))))),
      make("tbody", {}, ...faults.map((fault) => make("tr", {}, ...fault.map((text) => make("td", {}, text)))))) : null,
    job.file ? make("p", {}, fetchLink(job, say(well ? "notes_file" : "faults_file"))) : null];
}

function loaded(job) {
  const layer = chosen.layer, below = make("div", { "aria-live": "polite" });
  chosen = null;
  rows.hidden = true;
  map.begin();
  map.show(null);
  const back = may.includes("load") && layer !== "residents" ? make("button", { type: "button", onclick: () => foresee({ layer }, below, null) }, say("take_back")) : null;
  places.load.replaceChildren(make("h1", {}, say(`layer_${layer}`)), ...outcome(job, false).filter(Boolean),
    make("div", { class: "deeds" }, make("button", { type: "button", class: "first", onclick: () => begin() }, say("other_file")), back), below);
}

function leave() {
  if (chosen) ask(`/api/imports/${chosen.upload}`, {}, { method: "DELETE", as: "blob" }).catch(() => {});
  begin();
}

/* ---------------------------------------------------------------- the page */

const TABS = [["tab_load", "#load", "load"], ["tab_jobs", "#jobs", null], ["tab_record", "#record", "load"], ["tab_cases", "/review", "households"], ["tab_rates", "/review#rates=complex", "households"]];

async function show() {
  const at = ["jobs", "record"].find((name) => location.hash.startsWith(`#${name}`)) || "load", mine = ++turn;
  for (const [name, place] of Object.entries(places)) place.hidden = name !== at;
  for (const link of tabs.children) {
    if (link.getAttribute("href") === `#${at}`) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  rows.hidden = at !== "load" || !seen;
  try {
    if (at === "record") await showRecord(places.record, () => mine !== turn);
    if (at === "jobs") await refresh();
  } catch (error) {
    places[at].replaceChildren(make("div", { class: "card wrong", role: "alert" }, make("p", {}, error.message), make("button", { type: "button", onclick: show }, say("again"))));
  }
}

async function open() {
  const now = await frame();
  may = now && now.accounts ? now.may : [];
  tabs.replaceChildren(...TABS.filter(([, , right]) => right === null || may.includes(right)).map(([word, href]) =>
    make("a", { href: href.startsWith("#") ? href : href + (lang === "en" ? href.includes("#") ? "" : "?lang=en" : "") }, say(word))));
  map = new Beside(document.getElementById("map"));
  try {
    known = Object.fromEntries((await ask("/api/imports/layers")).layers.map((one) => [one.layer, one]));
    await map.begin();
    begin();
    showJobs(places.jobs, may);
    window.addEventListener("hashchange", show);
    await show();
    await refresh();
  } catch (error) {
    places.load.hidden = false;
    places.load.replaceChildren(make("div", { class: "card wrong", role: "alert" }, make("p", {}, error.message), make("button", { type: "button", onclick: () => location.reload() }, say("again"))));
  }
  document.documentElement.dataset.ready = "yes";
}

open();
