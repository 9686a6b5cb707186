/* Long work: what goes on, ended, taken up again, fetched, and asked for anew. One stream of events while something runs. */

import { ask, make } from "./ask.js";
import { sheetFields } from "./data_sheets.js";
import { lang, say } from "./words.js";

const OPEN = ["waiting", "running", "ending"];
const FORMS = ["gpkg", "geojson", "csv", "xlsx"];
const LAYERS = ["grids", "communities", "complexes", "buildings", "stations", "cells", "roads", "water"];
const KINDS = { cells: "edit", partition: "edit", sheets: "plans", papers: "plans", export: "plans", snapshot: "plans", match: "review" };

let stream = null, jobs = [];
const heard = new Set();

/** Call `told` with the list of jobs whenever something of it moves. */
export function follow(told) { heard.add(told); told(jobs); return () => heard.delete(told); }

/** Look at the jobs, and listen as long as one of them goes on. */
export async function refresh() {
  jobs = (await ask("/api/jobs")).jobs;
  tell();
  if (jobs.some((job) => OPEN.includes(job.state))) listen();
}

function tell() { for (const told of heard) told(jobs); }

function listen() {
  if (stream) return;
  stream = new EventSource(`/api/jobs/events?lang=${lang}`);
  stream.onmessage = (event) => { jobs = JSON.parse(event.data); tell(); };
  stream.addEventListener("over", () => { stream.close(); stream = null; });
  stream.onerror = () => {
    // the server may be away, or the session over: asking once more tells which
    stream.close();
    stream = null;
    setTimeout(() => refresh().catch(() => {}), 3000);
  };
}

/** Ask for long work; the job. */
export async function start(path, body) {
  const job = await ask(path, {}, { method: "POST", body });
  jobs = [job, ...jobs.filter((other) => other.id !== job.id)];
  tell();
  listen();
  return job;
}

/** The job of this number when it is over. */
export const whenOver = (id, moved = () => {}) => new Promise((resolve) => {
  const off = follow((all) => {
    const job = all.find((one) => one.id === id);
    if (!job) return;
    if (OPEN.includes(job.state)) moved(job);
    else { setTimeout(() => off()); resolve(job); }
  });
});

export const size = (bytes) => (bytes < 1 << 20 ? say("bytes_kb", Math.max(1, Math.round(bytes / 1024))) : say("bytes_mb", (bytes / (1 << 20)).toFixed(1)));

export const fetchLink = (job, text) => make("a", { class: "plain", href: `/api/jobs/${job.id}/file`, download: job.file.name }, text || say("job_fetch", job.file.name, size(job.file.bytes)));

/** The page of jobs inside `place`; `may` are the rights one has. */
export function showJobs(place, may) {
  const list = make("div", { "aria-live": "polite" }), trouble = make("p", { class: "notice wrong", role: "alert", hidden: true });
  const failed = (error) => { trouble.hidden = !error; trouble.textContent = error ? error.message : ""; };
  place.replaceChildren(make("h1", {}, say("jobs_title")), trouble, asking(may, failed), list);
  const deed = (job, method, path) => ask(`/api/jobs/${job.id}${path}`, {}, { method }).then(() => refresh()).catch(failed);
  const card = (job) => make("div", { class: `job ${job.state}` },
    make("div", { class: "head" }, make("b", {}, job.title), make("span", {}, say(`job_${job.state}`))),
    make("small", {}, new Date(job.asked_at).toLocaleString(lang === "zh" ? "zh-CN" : "en-GB"), job.doing ? ` · ${job.doing}` : "", job.total ? ` · ${job.done}/${job.total}` : ""),
    OPEN.includes(job.state) ? make("progress", job.total ? { max: job.total, value: job.done } : {}) : null,
    job.error ? make("p", { class: "wrong" }, job.error) : null,
    job.told.length ? make("ul", { class: "told" }, ...job.told.slice(0, 4).map((text) => make("li", {}, text.replace(/\t/g, " ")))) : null,
    job.file ? fetchLink(job) : null,
    OPEN.includes(job.state) && job.state !== "ending" ? make("button", { type: "button", class: "plain", onclick: () => deed(job, "DELETE", "") }, say("job_cancel")) : null,
    job.state === "cancelled" ? make("button", { type: "button", class: "plain", onclick: () => deed(job, "POST", "/resume") }, say("job_resume")) : null);
  return follow((all) => list.replaceChildren(...(all.length ? all.map(card) : [make("p", { class: "soft" }, say("jobs_none"))])));
}

/** A small form for new work, as far as rights reach. */
function asking(may, failed) {
  const kinds = Object.keys(KINDS).filter((kind) => may.includes(KINDS[kind]));
  if (!kinds.length) return null;
  const pick = (label, values, name) => {
    const box = make("select", { id: `new-${label}` }, ...values.map((value) => make("option", { value }, name(value))));
    return { box, field: make("div", { class: "field", hidden: true }, make("label", { for: `new-${label}` }, say(label)), box) };
  };
  const sheets = sheetFields();
  const layer = pick("layer", LAYERS, (value) => say(`layer_${value}`));
  const form = pick("job_form", FORMS, (value) => value);
  const kind = make("select", { id: "new-kind" }, ...kinds.map((value) => make("option", { value }, say(`job_${value}`))));
  const where = make("input", { id: "new-where", type: "text", maxlength: 2000, inputmode: "numeric", placeholder: "610402001 610402002003" });
  const whereField = make("div", { class: "field" }, make("label", { for: "new-where" }, say("job_where")), where);
  const fit = () => {
    sheets.node.hidden = kind.value !== "sheets";
    layer.field.hidden = kind.value !== "export";
    form.field.hidden = kind.value !== "export";
    whereField.hidden = ["match", "snapshot"].includes(kind.value);
  };
  kind.addEventListener("change", fit);
  fit();
  const submit = async (event) => {
    event.preventDefault();
    const codes = where.value.split(/[\s,，、]+/).filter(Boolean);
    const body = whereField.hidden || !codes.length ? {} : { communities: codes };
    if (kind.value === "export") Object.assign(body, { layer: layer.box.value, form: form.box.value });
    try {
      if (kind.value === "sheets") Object.assign(body, await sheets.body());
      await start(`/api/jobs/${kind.value}`, body);
      failed(null);
    } catch (error) { failed(error); }
  };
  return make("details", {}, make("summary", {}, say("new_job")), make("form", { onsubmit: submit },
    make("div", { class: "field" }, make("label", { for: "new-kind" }, say("job_kind")), kind), layer.field, form.field, whereField, sheets.node,
    make("div", { class: "deeds" }, make("button", { class: "first" }, say("job_start")))));
}
