/* Tokens of programs on the page 管理. */

import { make } from "./ask.js";
import { say } from "./words.js";

const RIGHTS = ["lookup", "display", "figures", "posts", "metrics"];

/** The form of a new token. */
export const tokenFields = () => [
  make("label", { for: "name" }, say("token_name")),
  make("input", { id: "name", maxlength: 40, autocomplete: "off", spellcheck: "false", placeholder: "hotline-12345" }),
  make("label", {}, say("token_rights")),
  make("div", { class: "checks", id: "rights" }, ...RIGHTS.map((right) =>
    make("label", {}, make("input", { type: "checkbox", value: right, checked: right === "lookup" }), say(`right_${right}`)))),
  make("label", { for: "area" }, say("grant_area")),
  make("input", { id: "area", list: "places", maxlength: 12, inputmode: "numeric", placeholder: say("area_hint") }),
  make("label", { for: "days" }, say("token_days")),
  make("input", { id: "days", type: "number", min: 1, max: 730, value: 365 }),
  make("p", {}, make("button", { type: "submit", class: "main" }, say("make_token"))),
];

/** What the form says, and what is wrong with it: [body, faults]. */
export function readToken(fields) {
  const at = (id) => fields.querySelector(`#${id}`), faults = [];
  const rights = [...fields.querySelectorAll("#rights input:checked")].map((box) => box.value);
  if (at("name").value.trim().length < 2) faults.push([at("name"), say("token_name_missing")]);
  if (!rights.length) faults.push([null, say("rights_missing")]);
  if (!/^(\d{6}|\d{9}|\d{12})?$/.test(at("area").value.trim())) faults.push([at("area"), say("area_wrong")]);
  if (!at("days").checkValidity() || !at("days").value) faults.push([at("days"), say("days_wrong")]);
  return [{ name: at("name").value.trim(), rights, area: [at("area").value.trim()], days: Number(at("days").value) }, faults];
}

/** All tokens as a table. */
export function tokenList(tokens, deeds, placeName) {
  if (!tokens.length) return make("p", { class: "soft empty" }, say("no_tokens"));
  return make("table", { class: "rows" },
    make("thead", {}, make("tr", {}, ...["token_name", "token_rights", "grant_area", "token_ends", "deeds_head"].map((key) => make("th", { scope: "col" }, say(key))))),
    make("tbody", {}, ...tokens.map((token) => make("tr", { class: token.over ? "over" : null },
      make("th", { scope: "row" }, token.name, make("small", {}, token.made_by.replace(/^\w+:/, ""))),
      make("td", {}, token.rights.map((right) => say(`right_${right}`)).join(" · ")),
      make("td", {}, token.area.map(placeName).join(" · ")),
      make("td", {}, token.over ? say("token_over") : token.ends_at.slice(0, 10)),
      make("td", {}, token.over ? null : make("div", { class: "actions" }, make("button", { type: "button",
        onclick: (event) => deeds.sure(event.currentTarget, () => deeds.revoke(token.number, token.name)) }, say("revoke_token"))))))));
}
