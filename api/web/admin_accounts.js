/* Accounts on the page 管理: the form of one, and the list of all. */

import { make } from "./ask.js";
import { say } from "./words.js";

const ROLES = ["viewer", "leader", "planner", "approver", "steward", "auditor", "admin"];
/** What of a person each role needs to be let see, and what for, unless more is chosen. */
const USUAL = { planner: ["building", "planning"], approver: ["building", "planning"], steward: ["full", "maintenance"] };
const SEEN = ["nothing", "counts", "building", "masked", "full"], PURPOSES = ["display", "planning", "maintenance", "export"];

const chooser = (name, values, prefix, chosen) => make("select", { name, "aria-label": say(`grant_${name}`) },
  ...values.map((value) => make("option", { value, selected: value === chosen }, say(prefix + value))));

/** One grant as fields. */
function grantFields(grant = { role: "viewer", area: "", of_people: "counts", purpose: "display" }) {
  const role = chooser("role", ROLES, "", grant.role);
  const people = chooser("of_people", SEEN, "sees_", grant.of_people), purpose = chooser("purpose", PURPOSES, "for_", grant.purpose);
  role.addEventListener("change", () => { [people.value, purpose.value] = USUAL[role.value] || ["counts", "display"]; });
  const area = make("input", { name: "area", list: "places", value: grant.area, maxlength: 12, inputmode: "numeric", placeholder: say("area_hint"), "aria-label": say("grant_area") });
  const box = make("fieldset", { class: "grant" }, make("legend", {}, say("grant_one")), role, area, people, purpose,
    make("button", { type: "button", class: "plain", onclick: () => { if (box.parentNode.children.length > 1) box.remove(); } }, say("grant_drop")));
  return box;
}

/** The form: of a new account, or of the grants of one that is there. */
export function accountFields(account) {
  const grants = make("div", { id: "grants" }, ...(account ? account.grants : [undefined]).map((grant) => grantFields(grant)));
  return [
    ...(account ? [] : [make("label", { for: "name" }, say("account_name")), make("input", { id: "name", maxlength: 40, autocomplete: "off", spellcheck: "false" })]),
    grants,
    make("button", { type: "button", class: "plain", onclick: () => grants.append(grantFields()) }, say("grant_more")),
    make("p", {}, make("button", { type: "submit", class: "main" }, say(account ? "keep_grants" : "make_account"))),
  ];
}

/** What the form says, and what is wrong with it: [body, faults]. */
export function readAccount(fields, account) {
  const faults = [], grants = [...fields.querySelectorAll(".grant")].map((box) => {
    const value = (name) => box.querySelector(`[name=${name}]`).value.trim();
    if (!/^(\d{6}|\d{9}|\d{12})?$/.test(value("area"))) faults.push([box.querySelector("[name=area]"), say("area_wrong")]);
    return { role: value("role"), area: value("area"), of_people: value("of_people"), purpose: value("purpose") };
  });
  if (account) return [{ grants }, faults];
  const name = fields.querySelector("#name");
  if (name.value.trim().length < 2) faults.unshift([name, say("name_missing")]);
  return [{ name: name.value.trim(), grants }, faults];
}

function grantText(grant, placeName) {
  const short = USUAL[grant.role] && SEEN.indexOf(grant.of_people) < SEEN.indexOf("building"); // a planner who may not plan
  const detail = ["masked", "full"].includes(grant.of_people) ? ` · ${say(`sees_${grant.of_people}`)}（${say(`for_${grant.purpose}`)}）` : short ? ` · ${say("sees_short")}` : "";
  return make("div", {}, `${say(grant.role)} · ${placeName(grant.area)}${detail}`);
}

function line(account, deeds, own, placeName) {
  const mine = account.name === own, locked = account.state === "locked" || account.state === "waiting";
  const button = (word, deed, more = {}) => make("button", { type: "button", onclick: deed, disabled: mine, title: mine ? say("own_account") : null, ...more }, say(word));
  return make("tr", {},
    make("th", { scope: "row" }, account.name, mine ? make("small", {}, say("yourself")) : null),
    make("td", {}, ...account.grants.map((grant) => grantText(grant, placeName))),
    make("td", { class: locked ? "bad" : null }, say(`state_of_${account.state}`)),
    make("td", {}, make("div", { class: "actions" },
      button("change_grants", () => deeds.edit(account)),
      button("reset_password", (event) => deeds.sure(event.currentTarget, () => deeds.reset(account.name))),
      locked ? button("unlock_account", () => deeds.open(account.name), { disabled: false }) : button("lock_account", (event) => deeds.sure(event.currentTarget, () => deeds.lock(account.name))),
      make("a", { href: `/audit?who=${encodeURIComponent(account.name)}`, class: "soft" }, say("its_audit")))));
}

/** All accounts as a table. */
export function accountList(accounts, deeds, own, placeName) {
  return make("table", { class: "rows" },
    make("thead", {}, make("tr", {}, ...["account_name", "grants_head", "state_head", "deeds_head"].map((key) => make("th", { scope: "col" }, say(key))))),
    make("tbody", {}, ...accounts.map((account) => line(account, deeds, own, placeName))));
}
