/* The way of a plan: submitted, taken back, decided about whole or grid by grid, published, withdrawn; who did what. */

import { ask, make } from "./ask.js";
import { clock } from "./editor.js";
import { codeList } from "./plan_compare.js";
import { tellFaults, whileBusy } from "./forms.js";
import { say } from "./words.js";

export class Way {
  /** `session` says what one may do; `moved` is called after each deed. */
  constructor(editor, session, moved) {
    this.editor = editor;
    this.may = (right) => Boolean(session && session.may && session.may.includes(right));
    this.moved = moved;
    this.said = make("div", { class: "way-said" });
    this.form = make("div", {});
    this.list = make("ol", { class: "way-list" });
    this.rows = null;
    this.node = make("section", { class: "way", "aria-label": say("way_title") }, make("h2", {}, say("way_title")), this.said, this.form,
      make("details", { ontoggle: (event) => { if (event.target.open) this.#record(); } }, make("summary", {}, say("way_record")), this.list));
    this.#head();
    if (editor.plan.state !== "draft") this.#remark();
  }

  get #path() { return `/api/plans/${this.editor.plan.id}`; }

  // ---------------------------------------------------------------- what can be done in each state

  #head() {
    const { plan } = this.editor, buttons = [];
    const button = (word, act, first = false) => buttons.push(make("button", { type: "button", class: first ? "first" : "", "data-deed": word, onclick: act }, say(word)));
    const open = plan.state === "draft" || plan.state === "returned";
    if (open && this.may("edit")) button("deed_submit", () => this.#submit(), true);
    if (plan.state === "submitted" && this.may("approve")) {
      button("deed_decide", () => this.#decide(), true);
      button("deed_approve", () => this.#remarked("approve", "deed_approve", false));
      button("deed_return", () => this.#remarked("return", "deed_return", true));
    }
    if (plan.state === "submitted" && this.may("edit")) button("deed_recall", () => this.#remarked("recall", "deed_recall", false));
    if (plan.state === "approved" && this.may("approve")) {
      button("deed_publish", () => this.#publish(), true);
      button("deed_return", () => this.#remarked("return", "deed_return", true));
    }
    if (plan.state === "published" && plan.valid_to == null && this.may("approve")) button("deed_withdraw", () => this.#withdraw());
    const dates = plan.valid_from ? say("way_dates", plan.valid_from, plan.valid_to ? say("until", plan.valid_to) : "") : "";
    this.said.replaceChildren(make("p", {}, make("span", { class: `state ${plan.state}` }, say(`state_${plan.state}`)), " ", dates || say(`way_${plan.state}`)),
      buttons.length ? make("div", { class: "tools" }, ...buttons) : make("p", { class: "notice", "data-noright": true }, say(this.#noRight(plan.state))));
  }

  #noRight(state) {
    if (state === "retired" || state === "published") return "way_nothing";
    return state === "draft" || state === "returned" ? "noright_submit" : "noright_approve";
  }

  /** What was remarked last, where one must know it. */
  async #remark() {
    const { way } = await ask(`${this.#path}/way`).catch(() => ({ way: [] }));
    this.rows = way;
    const last = [...way].reverse().find((row) => row.remark && (this.editor.plan.state !== "returned" || row.deed === "return"));
    if (last) this.said.append(make("blockquote", {}, make("p", {}, last.remark), make("small", {}, `${who(last.actor)} · ${say(`done_${last.deed}`)} · ${clock(last.at)}`)));
  }

  async #record() {
    try {
      const { way } = await ask(`${this.#path}/way`);
      this.list.replaceChildren(...(way.length ? way.map((row) => this.#line(row)) : [make("li", { class: "soft" }, say("way_none"))]));
    } catch (error) { this.list.replaceChildren(make("li", { class: "notice wrong", role: "alert" }, error.message)); }
  }

  #line(row) {
    const names = new Map([...this.editor.grids.values()].map((grid) => [grid.code, grid.name]));
    const grids = (row.grids.length ? row.grids : row.grid ? [row.grid] : []).map((code) => names.get(code) || code).join("、");
    const more = [grids, row.rule, row.approver && say("approved_by", row.approver), row.valid_from && say("from_day", row.valid_from), row.days && row.days.join(" – "), row.remark].filter(Boolean).join(" · ");
    return make("li", {}, make("b", {}, say(`done_${row.deed}`)), ` ${who(row.actor)} `, make("small", {}, clock(row.at)), more ? make("p", {}, more) : null);
  }

  // ---------------------------------------------------------------- forms

  #post(deed, body, seen = this.editor.plan.revision) {
    return ask(`${this.#path}/${deed}`, {}, { method: "POST", body, seen });
  }

  /** A form in place: its fields, what it sends, and what is said of faults. */
  #show(word, fields, { send, ready = true, faults = () => [], told = null }) {
    const summary = make("div", { class: "faults", tabindex: "-1", hidden: true, role: "alert" });
    const button = make("button", { class: "first", disabled: !ready }, say(word));
    const close = () => { this.form.replaceChildren(); this.said.querySelector(`[data-deed="${word}"]`)?.focus(); };
    const form = make("form", { class: "inline-form", novalidate: true, onsubmit: async (event) => {
      event.preventDefault();
      const found = faults();
      tellFaults(summary, found);
      if (found.length) return;
      await whileBusy(button, say("plan_saving"), async () => {
        try {
          this.moved(await send());
        } catch (error) {
          tellFaults(summary, [[null, error.message]]);
          if (told) told(error, form);
          if (error.status === 412) summary.append(make("button", { type: "button", onclick: () => location.reload() }, say("again")));
        }
      });
    } }, summary, ...fields, make("div", { class: "tools" }, button, make("button", { type: "button", onclick: close }, say("cancel"))));
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
    this.form.replaceChildren(form);
    (form.querySelector("textarea, input:not([type=hidden])") || button).focus();
  }

  #remarkField(needed) {
    const field = make("textarea", { id: "way-remark", rows: 3, maxlength: 2000 });
    return [field, [make("label", { for: field.id }, say(needed ? "remark_needed" : "remark_free")), field]];
  }

  #submit() {
    const found = this.editor.findings, count = (severity) => (found || []).filter((one) => one.severity === severity).length;
    const errors = count("error"), [field, parts] = this.#remarkField(false);
    const said = !found ? say("checks_reading") : errors ? say("submit_held", errors) : say("submit_warns", count("warning"), count("notice"));
    this.#show("deed_submit", [make("p", { class: errors ? "notice wrong" : "soft" }, said), ...parts],
      { send: () => this.#post("submit", { remark: field.value.trim() || null }), ready: !errors });
  }

  #remarked(deed, word, needed) {
    const [field, parts] = this.#remarkField(needed);
    this.#show(word, parts, {
      send: () => this.#post(deed, { remark: field.value.trim() || null }),
      faults: () => (needed && !field.value.trim() ? [[field, say("remark_missing")]] : []),
    });
  }

  /** Grid by grid: the verdicts are sent as two deeds, approvals first. */
  #decide() {
    const rows = [...this.editor.grids.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
    const [field, parts] = this.#remarkField(false);
    const choice = (row, verdict) => {
      const id = `decide-${row.label}-${verdict}`, decided = row.decision && row.decision.verdict === verdict;
      return make("td", {}, make("input", { type: "radio", id, name: `decide-${row.label}`, value: verdict, checked: decided }), make("label", { for: id, class: "unseen" }, `${row.name} ${say(`verdict_${verdict}`)}`));
    };
    const table = make("table", { class: "figures" }, make("thead", {}, make("tr", {}, ...["layer_grids", "households", "verdict_approve", "verdict_return"].map((word) => make("th", { scope: "col" }, say(word))))),
      make("tbody", {}, ...rows.map((row) => make("tr", { "data-grid": row.code }, make("th", { scope: "row" }, row.name), make("td", {}, String(row.households)), choice(row, "approve"), choice(row, "return")))));
    const chosen = (verdict) => rows.filter((row) => table.querySelector(`[name="decide-${row.label}"]:checked`)?.value === verdict && row.decision?.verdict !== verdict).map((row) => row.code);
    this.#show("deed_decide", [make("p", { class: "soft" }, say("decide_hint")), table, ...parts], {
      send: async () => {
        let done = this.editor.plan;
        for (const deed of ["approve", "return"]) {
          const grids = chosen(deed);
          if (grids.length) done = await this.#post(deed, { grids, remark: field.value.trim() || null }, done.revision);
        }
        return done;
      },
      faults: () => {
        if (!chosen("approve").length && !chosen("return").length) return [[null, say("decide_none")]];
        return chosen("return").length && !field.value.trim() ? [[field, say("remark_missing")]] : [];
      },
    });
  }

  #publish() {
    const day = make("input", { type: "date", id: "way-day", value: nextMonday(), required: true });
    const sure = make("input", { type: "checkbox", id: "way-sure" });
    const meant = make("p", { hidden: true }, sure, make("label", { for: sure.id }, say("publish_meant")));
    const found = this.editor.findings || [], stand = found.filter((one) => one.severity === "warning");
    const list = make("ul", { class: "findings" }, ...stand.map((one) => make("li", {}, one.reason)), ...found.filter((one) => one.exception).map((one) => make("li", {}, one.reason)));
    const codes = make("div", { class: "codes" }, make("p", { class: "soft", role: "status" }, say("compare_working")));
    this.#codes(codes);
    this.#show("deed_publish", [make("label", { for: day.id }, say("publish_from")), day, make("p", { class: "soft" }, say("publish_says", stand.length)), list, codes, meant], {
      send: () => this.#post("publish", { valid_from: day.value, confirmed: sure.checked }),
      faults: () => (day.value ? [] : [[day, say("publish_no_day")]]),
      told: (error) => { if (error.type === "urn:wangge:problem:far-day") meant.hidden = false; },
    });
  }

  /** Which codes live on, begin and end when this is published. */
  async #codes(box) {
    try { box.replaceChildren(...codeList(await ask(`${this.#path}/compare`))); }
    catch (error) { box.replaceChildren(make("p", { class: error.status === 404 ? "soft" : "notice wrong" }, error.status === 404 ? say("codes_first", this.editor.grids.size) : error.message)); }
  }

  #withdraw() {
    const [field, parts] = this.#remarkField(true);
    this.#show("deed_withdraw", [make("p", { class: "soft" }, say("withdraw_hint")), ...parts], {
      send: () => this.#post("withdraw", { reason: field.value.trim() }),
      faults: () => (field.value.trim() ? [] : [[field, say("remark_missing")]]),
    });
  }
}

const who = (actor) => actor.replace(/^(http|cli):/, "");

/** The date of the next Monday, YYYY-MM-DD. */
function nextMonday() {
  const day = new Date();
  day.setDate(day.getDate() + ((8 - day.getDay()) % 7 || 7));
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
}
