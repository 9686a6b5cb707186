/* What sheets can be asked for with: paper, greys, what makes them public, and what an office adds from files of its own. */

import { make } from "./ask.js";
import { lang, say } from "./words.js";

const KINDS = ["community", "grid", "complex", "street", "board", "booklet"];
const PAPERS = ["A4", "A3", "A2", "A1", "A0", "8K", "4K"];

/** The fields, and what they say as a body; `body` sends the files first. Raises an Error whose message can be shown. */
export function sheetFields() {
  const field = (name, input, more = {}) => make("div", { class: "field", ...more }, make("label", { for: input.id }, say(`sheet_${name}`)), input);
  const pick = (name, values, words, chosen) => make("select", { id: `sheet-${name}` }, ...values.map((value) => make("option", { value, selected: value === chosen }, words(value))));
  const input = (name, attributes) => make("input", { id: `sheet-${name}`, ...attributes });
  const per = pick("per", KINDS, (value) => say(`per_${value}`)), form = pick("form", ["pdf", "png", "svg"], (value) => value.toUpperCase());
  const paper = pick("paper", PAPERS, (value) => (lang === "zh" ? value.replace("K", "开") : value), "A3");
  const grey = input("grey", { type: "checkbox" }), producer = input("producer", { type: "text", maxlength: 200 });
  const use = pick("use", ["internal", "approval", "exemption"], (value) => say(`sheet_${value}`));
  const why = input("why", { type: "text", maxlength: 200 }), pledge = make("textarea", { id: "sheet-pledge", rows: 3, maxlength: 4000 });
  const leaders = input("leaders", { type: "file", accept: ".csv,.xlsx,.xls" }), facts = input("facts", { type: "file", accept: ".csv,.xlsx,.xls" });
  const whyLabel = make("label", { for: why.id }), whyField = make("div", { class: "field" }, whyLabel, why), pledgeField = field("pledge", pledge), factsField = field("facts", facts);
  const fit = () => {
    pledgeField.hidden = per.value !== "board";
    factsField.hidden = per.value !== "complex";
    if (per.value === "board" && use.value === "internal") use.value = "exemption";
    use.querySelector("[value=internal]").disabled = per.value === "board";
    whyField.hidden = use.value === "internal";
    whyLabel.textContent = say(use.value === "approval" ? "sheet_approval_number" : "sheet_exemption_why");
  };
  for (const one of [per, use]) one.addEventListener("change", fit);
  fit();
  const node = make("fieldset", { class: "sheet-fields", "aria-label": say("job_sheets") }, field("per", per), field("form", form), field("paper", paper),
    make("p", {}, grey, make("label", { for: grey.id }, say("sheet_grey"))), field("producer", producer), field("use", use), whyField, field("leaders", leaders), factsField, pledgeField);
  const body = async () => {
    const said = { per: per.value, form: form.value, paper: paper.value, grey: grey.checked };
    if (producer.value.trim()) said.producer = producer.value.trim();
    if (use.value !== "internal") {
      if (!why.value.trim()) { why.focus(); throw new Error(say("sheet_why_missing", whyLabel.textContent)); }
      said[use.value] = why.value.trim();
    }
    if (!pledgeField.hidden && pledge.value.trim()) said.pledge = pledge.value.trim();
    if (leaders.files.length) said.leaders = await sent(leaders.files[0]);
    if (!factsField.hidden && facts.files.length) said.facts = await sent(facts.files[0]);
    return said;
  };
  return { node, body };
}

/** Send a file; its number. */
async function sent(file) {
  const query = new URLSearchParams({ name: file.name, lang });
  const answer = await fetch(`/api/jobs/sheets/files?${query}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file })
    .catch(() => { throw new Error(say("no_server")); });
  const said = await answer.json().catch(() => ({}));
  if (answer.status !== 201) throw new Error(said.detail || `HTTP ${answer.status}`);
  return said.upload;
}
