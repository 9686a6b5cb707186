/* 审计: who did and saw what, one line each; whether the chain is whole; all of it as a file. */

import { ask, make } from "./ask.js";
import { frame } from "./shell.js";
import { say, translate } from "./words.js";

const DEEDS = ["sign-in", "sign-in-refused", "sign-out", "password", "refused", "token-refused", "read residents", "account-add", "account-grant",
  "account-lock", "account-open", "account-reset", "token-make", "token-revoke", "audit-export", "settings"];
const [form, list, verdict] = ["filter", "list", "verdict"].map((id) => document.getElementById(id));
const fields = Object.fromEntries(["who", "what", "since", "until"].map((id) => [id, document.getElementById(id)]));
let asked = 0;

translate();
fields.who.value = new URLSearchParams(location.search).get("who") || "";
fields.what.replaceChildren(make("option", { value: "" }, say("audit_any")),
  ...DEEDS.map((deed) => make("option", { value: deed }, deedName(deed))));

function deedName(deed) {
  return lookedUp(`deed_${deed.replace(/[- ]/g, "_")}`, deed);
}

const wanted = () => Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value.trim()]).filter(([, value]) => value));

/** A moment as an office writes it, in China whatever the machine is set to. */
function moment(text) {
  const there = new Date(new Date(text).getTime() + 8 * 3600_000).toISOString();
  return `${there.slice(0, 10)} ${there.slice(11, 19)}`;
}

function actor(who) {
  const [kind, name] = [who.slice(0, who.indexOf(":")), who.slice(who.indexOf(":") + 1)];
  const mark = { token: say("by_program"), cli: say("by_command") }[kind];
  return make("td", {}, kind ? name : who || "—", mark ? make("small", {}, mark) : null);
}

function line(row) {
  const refused = /refused/.test(row.what);
  return make("tr", { class: refused ? "refused" : null },
    make("td", { class: "number" }, String(row.number)),
    make("td", { class: "moment" }, moment(row.at)),
    actor(row.who),
    make("td", {}, deedName(row.what), row.route ? make("small", {}, row.route) : null),
    make("td", {}, row.where || "—"),
    make("td", { class: "said" }, plainly(row.said ? JSON.parse(row.said) : {})));
}

/** What the page shows elsewhere, or what says nothing to who reads it. */
const ELSEWHERE = ["from", "method", "path", "route", "what", "who"];
/** Values that have words of their own, by the beginning of those. */
const WORDED = { purpose: "for_", of_people: "sees_", right: "right_", rights: "right_", role: "" };

/** What else a row says, in words, name by name. */
function plainly(said) {
  const { detail, request, ...rest } = said;
  if (rest.role === "operator") { delete rest.role; delete rest.purpose; } // the program itself, for everybody
  const told = [...parts(rest), ...(detail && typeof detail === "object" ? parts(detail) : detail ? [String(detail)] : [])];
  if (request) told.push(named("request", request));
  return told.join(" · ");
}

function parts(said) {
  return Object.entries(said).filter(([name, value]) => !ELSEWHERE.includes(name) && value != null && [].concat(value).join("") !== "")
    .map(([name, value]) => named(name, worded(name, value)));
}

function worded(name, value) {
  if (name === "grants") return value.map((grant) => [worded("role", grant.role), grant.area || say("everywhere"), worded("of_people", grant.of_people)].join(" ")).join("；");
  if (Array.isArray(value)) return value.map((one) => worded(name, one)).join("、");
  if (value && typeof value === "object") return parts(value).join("，");
  if (name in WORDED) return lookedUp(WORDED[name] + value, value);
  return String(value);
}

const named = (name, text) => `${lookedUp(`detail_${name}`, name)} ${text}`;

function lookedUp(key, otherwise) {
  const said = say(key);
  return said === key ? otherwise : said;
}

const HEADS = [["#", "number"], ["audit_at"], ["audit_who"], ["audit_what"], ["audit_where"], ["audit_said"]];

async function show(before = null) {
  const turn = (asked += 1);
  list.setAttribute("aria-busy", "true");
  try {
    const said = await ask("/api/audit", { ...wanted(), limit: 100, ...(before ? { before } : {}) });
    if (turn !== asked) return;
    const body = before ? list.querySelector("tbody") : make("tbody");
    body.append(...said.rows.map(line));
    if (!before) list.replaceChildren(said.rows.length
      ? make("table", { class: "rows" }, make("thead", {}, make("tr", {}, ...HEADS.map(([key, kind]) =>
        make("th", { scope: "col", class: kind }, say(key))))), body)
      : make("p", { class: "soft empty" }, say("audit_none")));
    const more = list.querySelector(".older");
    if (more) more.remove();
    if (said.older) list.append(make("button", { type: "button", class: "older", onclick: () => show(said.older) }, say("audit_older")));
  } catch (error) {
    if (turn !== asked) return;
    list.replaceChildren(make("div", { class: "card wrong" }, make("p", {}, say("audit_failed", error.message)),
      make("button", { type: "button", onclick: () => show() }, say("again"))));
  } finally {
    if (turn === asked) list.removeAttribute("aria-busy");
  }
}

async function verify(event) {
  const button = event.currentTarget;
  button.disabled = true;
  verdict.replaceChildren(make("p", { class: "soft" }, say("audit_verifying")));
  try {
    const said = await ask("/api/audit/verdict");
    verdict.replaceChildren(
      make("p", { class: said.whole ? "good" : "bad" }, say(said.whole ? "audit_whole" : "audit_broken")),
      said.rows ? make("p", { class: "soft" }, say("audit_rows", said.rows.toLocaleString("en"), moment(said.first), moment(said.last))) : "",
      ...[...said.faults, ...said.notices].map((text) => make("p", { class: "bad" }, text)),
      make("p", { class: "soft small" }, said.checkpoints ? say("audit_points", said.checkpoints) : say("audit_no_points")));
  } catch (error) {
    verdict.replaceChildren(make("p", { class: "bad" }, error.message));
  }
  button.disabled = false;
}

async function download(event) {
  const button = event.currentTarget;
  button.disabled = true;
  try {
    const file = await ask("/api/audit.csv", wanted(), { as: "blob" });
    const link = make("a", { href: URL.createObjectURL(file), download: `audit-${new Date().toISOString().slice(0, 10)}.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    await show();
  } catch (error) {
    list.prepend(make("p", { class: "notice wrong" }, say("audit_failed", error.message)));
  }
  button.disabled = false;
}

form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
fields.what.addEventListener("change", () => show());
document.getElementById("verify").addEventListener("click", verify);
document.getElementById("export").addEventListener("click", download);
Promise.all([frame(), show()]).then(() => { document.documentElement.dataset.ready = "yes"; });
