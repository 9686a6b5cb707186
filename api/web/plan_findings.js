/* What the checks find about a plan: each leads to its place, is mended after a look, or is recorded as an exception. */

import { ask, make } from "./ask.js";
import { tellFaults, whileBusy } from "./forms.js";
import { say } from "./words.js";

export class Findings {
  /** `preview` shows a mend; `changed` is called when an exception was kept or ended, with the plan's revision. */
  constructor(editor, { preview, changed }) {
    this.editor = editor;
    this.preview = preview;
    this.changed = changed;
    this.list = make("ul", { class: "findings" });
    this.said = make("p", { class: "soft" });
    this.shown = undefined;
  }

  /** Bring the list up to date. */
  tell() {
    const { editor } = this;
    if (this.shown === editor.findings) return;
    this.shown = editor.findings;
    if (!editor.findings) {
      this.said.textContent = "";
      this.list.replaceChildren(make("li", { class: "soft" }, say(editor.unchecked ? "checks_failed" : "checks_reading")));
      return;
    }
    const count = (severity) => editor.findings.filter((one) => one.severity === severity).length;
    this.said.textContent = editor.findings.length ? say("checks_counted", count("error"), count("warning"), count("notice")) : "";
    this.list.replaceChildren(...(editor.findings.length ? editor.findings.map((one) => this.#row(one)) : [make("li", { class: "soft" }, say("checks_none"))]));
  }

  #row(one) {
    const { editor } = this;
    const acts = [];
    if (editor.open && one.mend) {
      acts.push(make("button", { type: "button", onclick: () => this.preview.show({ operation: "mend", rule: one.rule, grid: one.code }, say("mend_of", one.reason)) }, say("mend_look")));
    }
    if (editor.open && one.exception) acts.push(make("button", { type: "button", onclick: (event) => this.#end(one, event.currentTarget) }, say("except_end")));
    else if (editor.open && !one.firm && one.severity !== "notice") acts.push(make("button", { type: "button", onclick: (event) => this.#ask(one, event.currentTarget) }, say("except_make")));
    return make("li", {},
      make("button", { type: "button", class: one.severity, onclick: () => this.#goTo(one) },
        make("i", {}, say(`severity_${one.exception && one.severity === "notice" ? "excepted" : one.severity}`)), one.reason),
      acts.length ? make("span", { class: "acts" }, ...acts) : null);
  }

  #goTo(one) {
    const { editor } = this;
    const row = [...editor.grids.values()].find((grid) => grid.code === one.code);
    if (row) editor.pick(row.label);
    if (one.place) editor.look(one.place); else if (row) editor.show(row.label);
  }

  /** A small form under the finding. */
  #ask(one, opener) {
    const faults = make("div", { class: "faults", tabindex: "-1", hidden: true });
    const reason = make("textarea", { id: "except-reason", rows: 2, maxlength: 500 });
    const approver = make("input", { id: "except-approver", type: "text", maxlength: 60 });
    const keep = make("button", { class: "first" }, say("except_keep"));
    const close = () => { form.remove(); opener.hidden = false; opener.focus(); };
    const form = make("form", { class: "inline-form", novalidate: true, onsubmit: async (event) => {
      event.preventDefault();
      const missing = [[reason, "except_reason_missing"], [approver, "except_approver_missing"]].filter(([field]) => !field.value.trim());
      tellFaults(faults, missing.map(([field, word]) => [field, say(word)]));
      if (missing.length) return;
      await whileBusy(keep, say("plan_saving"), async () => {
        try {
          const body = { rule: one.rule, grid: one.code, reason: reason.value.trim(), approver: approver.value.trim() };
          const { revision } = await ask(this.#path(), {}, { method: "PUT", body, seen: this.editor.plan.revision });
          this.changed(revision);
        } catch (error) { tellFaults(faults, [[null, error.message]]); }
      });
    } }, faults, make("label", { for: reason.id }, say("except_reason")), reason, make("label", { for: approver.id }, say("except_approver")), approver,
    make("div", { class: "tools" }, keep, make("button", { type: "button", onclick: close }, say("cancel"))));
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
    opener.hidden = true;
    opener.closest("li").append(form);
    reason.focus();
  }

  async #end(one, button) {
    button.disabled = true;
    try {
      const { revision } = await ask(`${this.#path()}/end`, {}, { method: "POST", body: { rule: one.rule, grid: one.code }, seen: this.editor.plan.revision });
      this.changed(revision);
    } catch (error) {
      button.disabled = false;
      button.closest("li").append(make("p", { class: "notice wrong", role: "alert" }, error.message));
    }
  }

  #path() { return `/api/plans/${this.editor.plan.id}/exceptions`; }
}
