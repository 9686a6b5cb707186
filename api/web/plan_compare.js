/* A plan beside another one: figures, what becomes of each grid, old and new codes; on the map what moves, and a slider between
   the grids before and now. */

import { ask, make, pageLink } from "./ask.js";
import { css } from "./editor.js";
import { lang, say } from "./words.js";

const FATES = ["kept", "changed", "split", "merged", "new", "retired"];

export class Compare {
  constructor(editor) {
    this.editor = editor;
    this.answer = make("div", {});
    this.choice = make("select", { id: "compare-with", onchange: () => { this.day.hidden = this.choice.value !== "day"; this.#ask(); } });
    this.day = make("input", { type: "date", hidden: true, "aria-label": say("compare_day"), onchange: () => this.#ask() });
    this.node = make("details", { class: "compare", ontoggle: (event) => (event.target.open ? this.#open() : this.#clear()) },
      make("summary", {}, say("compare_title")), make("label", { for: this.choice.id }, say("compare_with")), this.choice, this.day, this.answer);
    const map = editor.map;
    this.pane = map.getPane("before") || map.createPane("before");
    this.pane.style.zIndex = 450;
    this.pane.style.pointerEvents = "none";
    this.follow = () => this.#clip();
  }

  async #open() {
    const { plan } = this.editor;
    try {
      const { plans } = await ask("/api/plans", { community: plan.community_code });
      const rows = plans.filter((one) => one.id !== plan.id);
      this.choice.replaceChildren(make("option", { value: "" }, say("compare_force")), make("option", { value: "day" }, say("compare_on_day")),
        ...rows.map((one) => make("option", { value: one.id }, `${say("plan_number", one.id, one.version)} ${say(`state_${one.state}`)}`)));
      if (!rows.some((one) => one.state === "published") && rows.length) this.choice.value = String(rows[0].id);
      await this.#ask();
    } catch (error) { this.#wrong(error); }
  }

  #wrong(error) {
    this.#clear();
    this.answer.replaceChildren(make("p", { class: "notice wrong", role: "alert" }, error.message));
  }

  async #ask() {
    const { value } = this.choice;
    if (value === "day" && !this.day.value) return;
    this.answer.replaceChildren(make("p", { class: "soft", role: "status" }, say("compare_working")));
    try {
      const asked = value === "day" ? { on: this.day.value } : value ? { with: value } : {};
      this.#show(await ask(`/api/plans/${this.editor.plan.id}/compare`, asked));
    } catch (error) { this.#wrong(error); }
  }

  #show(found) {
    const { moved, households, counts } = found, known = new Map(found.fates.map((row) => [row.code, row.name]));
    const share = households ? Math.round((1000 * moved.households) / households) / 10 : 0;
    const fate = (row) => make("li", {}, make("b", {}, say(`fate_${row.fate}`)), ` ${row.name} `, make("small", {}, row.fate === "kept" || !row.others.length ? row.code
      : `${row.code} ${row.fate === "retired" ? "→" : "←"} ${row.others.map((code) => known.get(code) || code).join("、")}`));
    const slider = make("input", { type: "range", min: 0, max: 100, value: 0, "aria-label": say("compare_slider"), oninput: (event) => { this.at = Number(event.target.value); this.#clip(); } });
    const table = make("table", { class: "figures" },
      make("thead", {}, make("tr", {}, ...["compare_old", "compare_new", "households", "compare_share"].map((word) => make("th", { scope: "col" }, say(word))))),
      make("tbody", {}, ...found.codes.map((row) => make("tr", {}, make("th", { scope: "row", title: row.old_code || "" }, row.old_name || "—"), make("th", { title: row.new_code || "" }, row.new_name || "—"),
        make("td", {}, String(row.households)), make("td", {}, row.share_of_old == null ? "" : `${Math.round(100 * row.share_of_old)}%`)))));
    this.answer.replaceChildren(
      make("p", {}, say("compare_says", found.before.id, found.before.valid_from ? say("from_day", found.before.valid_from) : say(`state_${found.before.state}`))),
      make("p", { class: "big" }, say("compare_moved", moved.households, share)),
      make("p", { class: "soft" }, say("compare_more", moved.buildings, (moved.area_m2 / 10_000).toFixed(2))),
      make("p", {}, FATES.filter((name) => counts[name]).map((name) => `${say(`fate_${name}`)} ${counts[name]}`).join(" · ")),
      make("label", {}, say("compare_slider"), slider),
      make("ul", { class: "fates" }, ...found.fates.filter((row) => row.fate !== "kept").map(fate)),
      ...serving(found, known),
      make("details", {}, make("summary", {}, say("compare_codes")), table, make("div", { class: "tools" }, make("button", { type: "button", onclick: () => save(found) }, say("compare_save")))),
      make("p", {}, make("a", { href: pageLink("/plans", { plan: found.before.id }) }, say("compare_open"))));
    this.#draw(found);
  }

  #draw({ moved_cells: cells, grids_before: grids }) {
    this.#clear();
    const L = window.L, { map } = this.editor, renderer = L.canvas({ pane: "before", padding: 0.3 });
    this.at = 0;
    this.layers = [
      L.geoJSON(cells, { interactive: false, style: { color: css("red"), weight: 2, fillColor: css("red"), fillOpacity: 0.28 } }),
      L.geoJSON(grids, { interactive: false, renderer, pane: "before", style: (f) => ({ color: "#2c3a4a", weight: 2, fillColor: css(`fill-${f.properties.colour}`), fillOpacity: 1 }) }),
      L.geoJSON(grids, { interactive: false, style: { color: "#2c3a4a", weight: 2, dashArray: "2 6", fill: false } }),
    ];
    for (const layer of this.layers) layer.addTo(map);
    map.on("move zoom viewreset resize", this.follow);
    this.#clip();
  }

  /** The grids before are seen left of the slider. */
  #clip() {
    const { map } = this.editor, nw = map.containerPointToLayerPoint([0, 0]), se = map.containerPointToLayerPoint(map.getSize());
    const x = nw.x + ((se.x - nw.x) * (this.at || 0)) / 100;
    this.pane.style.clip = `rect(${nw.y}px, ${x}px, ${se.y}px, ${nw.x}px)`;
    this.pane.hidden = !this.at;
  }

  #clear() {
    for (const layer of this.layers || []) layer.remove();
    this.layers = null;
    this.editor.map.off("move zoom viewreset resize", this.follow);
  }
}

/** Posts and organisations of grids that change: who must be told, and who is left without a grid. */
function serving({ serving: { rows, centres } }, known) {
  if (!rows.length && !centres) return [];
  const line = (row) => make("li", {}, make("b", {}, say(row.ends ? "serving_ends" : "serving_changes")), ` ${row.name} `,
    make("small", {}, `${known.get(row.code) || row.code} → ${row.to.map((code) => known.get(code) || code).join("、") || "—"}`));
  return [make("details", { class: "serving", open: rows.some((row) => row.ends) }, make("summary", {}, say("serving_title", rows.length, centres)), make("ul", { class: "fates" }, ...rows.map(line)))];
}

/** Which codes live on, begin and end from one plan to another, and why. */
export function codeList({ counts, fates }) {
  const known = new Map(fates.map((row) => [row.code, row.name])), others = (row) => row.others.map((code) => known.get(code) || code).join("、") || "—";
  const old = (row) => row.fate === "retired", fresh = (row) => !old(row) && !row.others.includes(row.code), rows = fates.filter((row) => old(row) || fresh(row));
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return [make("p", { class: "soft" }, say("codes_says", total - rows.length, rows.filter(fresh).length, rows.filter(old).length)), make("p", { class: "soft" }, say("codes_why")),
    make("ul", { class: "fates" }, ...rows.map((row) => make("li", {}, make("b", {}, say(old(row) ? "code_ends" : "code_begins")), ` ${row.name} `,
      make("small", {}, `${row.code} · ${old(row) ? say("code_ends_why", others(row)) : row.others.length ? say("code_begins_why", others(row)) : say("code_begins_new")}`))))];
}

/** The code list as a file; texts that a spreadsheet would run stay texts. */
function save({ codes, before, after }) {
  const cell = (value) => { const text = String(value ?? ""); return `"${(/^[=+\-@\t]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`; };
  const lines = [["compare_old_code", "compare_old", "compare_new_code", "compare_new", "households", "compare_share"].map((word) => cell(say(word))).join(","),
    ...codes.map((row) => [row.old_code, row.old_name, row.new_code, row.new_name, row.households, row.share_of_old].map(cell).join(","))];
  const url = URL.createObjectURL(new Blob([`﻿${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
  const link = make("a", { href: url, download: `${lang === "zh" ? "编码对照" : "codes"}-${before.id}-${after.id}.csv` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
