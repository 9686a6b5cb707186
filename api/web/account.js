/* One's own account: what it was granted, and its password. */

import { ask, facts } from "./ask.js";
import { tellFaults, wayBack, whileBusy } from "./forms.js";
import { areaName, frame } from "./shell.js";
import { lang, say, translate } from "./words.js";

const form = document.getElementById("form"), wrong = document.getElementById("wrong"), told = document.getElementById("told");
const [old, fresh, again] = ["old", "new", "again"].map((id) => document.getElementById(id));
let first = false;

translate();

function faultsFound() {
  if (!old.value) return [[old, say("old_missing")]];
  if (!fresh.value) return [[fresh, say("new_missing")]];
  return fresh.value === again.value ? [] : [[again, say("not_alike")]];
}

async function change() {
  told.hidden = true;
  const faults = faultsFound();
  tellFaults(wrong, faults);
  if (faults.length) return;
  try {
    await ask("/api/session/password", {}, { method: "PUT", body: { old_password: old.value, new_password: fresh.value } });
  } catch (error) {
    const field = { 403: old, 422: fresh }[error.status] || null;
    tellFaults(wrong, [[field, error.message]]);
    if (field === old) old.value = "";
    return;
  }
  if (first) { location.replace(wayBack()); return; }
  form.reset();
  told.textContent = say("changed");
  told.hidden = false;
  told.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  whileBusy(form.querySelector("button.main"), say("change"), change);
});

frame().then((now) => {
  if (!now || !now.account) tellFaults(wrong, [[null, say("no_server")]]);
  else {
    const join = lang === "zh" ? "、" : ", ", who = now.account;
    first = who.must_change;
    document.getElementById("first").hidden = !first;
    document.getElementById("name").value = who.name;
    document.getElementById("facts").replaceWith(facts(
      [say("account_name"), who.name],
      [say("roles"), who.roles.map((role) => say(role)).join(join)],
      [say("areas"), who.areas.map((area) => (area.name ? `${area.name} ${area.code}` : areaName(area))).join(join)],
    ));
    form.hidden = who.outside;
    document.getElementById("outside").hidden = !who.outside;
    if (first) old.focus();
  }
  document.documentElement.dataset.ready = "yes";
});
