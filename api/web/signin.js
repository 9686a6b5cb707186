/* The sign-in page: name, password, what went wrong, and back to where one wanted to go. */

import { ask, pageLink } from "./ask.js";
import { tellFaults, wayBack, whileBusy } from "./forms.js";
import { frame } from "./shell.js";
import { say, translate } from "./words.js";

if (window.top !== window) window.top.location.replace(pageLink("/signin", { over: "1" }));

const form = document.getElementById("form"), wrong = document.getElementById("wrong"), told = document.getElementById("told");
const name = document.getElementById("name"), password = document.getElementById("password");
const reveal = document.getElementById("reveal"), capitals = document.getElementById("capitals");
const query = new URLSearchParams(location.search);
const troubles = ["away", "refused", "stale", "unfit", "group", "locked", "name", "taken", "busy", "first"];

translate();

function tell(text) { told.textContent = text; told.hidden = !text; }

async function signIn() {
  const missing = [[name, "name_missing"], [password, "password_missing"]].filter(([field]) => !field.value.trim());
  tellFaults(wrong, missing.map(([field, word]) => [field, say(word)]));
  if (missing.length) return;
  tell("");
  try {
    const now = await ask("/api/session", {}, { method: "POST", body: { name: name.value.trim(), password: password.value } });
    const next = wayBack();
    location.replace(now.account.must_change ? pageLink("/account", { next }) : next);
  } catch (error) {
    tellFaults(wrong, [[error.status === 403 ? password : null, error.message]]);
    if (error.status === 403) password.value = "";
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  whileBusy(form.querySelector("button.main"), say("signing_in"), signIn);
});
reveal.addEventListener("click", () => {
  const shown = password.type === "password";
  password.type = shown ? "text" : "password";
  reveal.setAttribute("aria-pressed", String(shown));
  reveal.textContent = say(shown ? "conceal" : "reveal");
  password.focus();
});
for (const kind of ["keydown", "keyup"]) {
  password.addEventListener(kind, (event) => {
    capitals.textContent = event.getModifierState && event.getModifierState("CapsLock") ? say("capitals") : "";
  });
}

/** The way to the provider of the organisation, and back to where one wanted to go. */
function offerProvider() {
  document.getElementById("outside").hidden = false;
  document.getElementById("provider").href = pageLink("/signin/provider", { next: wayBack() });
}

frame().then((now) => {
  if (now && now.account && query.has("over")) { location.replace(wayBack()); return; } // in use in another window all the while
  if (now && !now.accounts) {
    form.hidden = true;
    document.getElementById("nobody").hidden = false;
    document.getElementById("onward").href = wayBack();
    document.getElementById("onward").hidden = !now.may.length;
  } else {
    if (!now) tellFaults(wrong, [[null, say("no_server")]]);
    else if (query.has("over")) tell(say("session_over"));
    else if (query.has("out")) tell(say("signed_out"));
    else if (now.account) tell(say("signed_in_as", now.account.name));
    if (now && now.provider) offerProvider();
    const trouble = query.get("provider");
    if (now && troubles.includes(trouble)) tellFaults(wrong, [[null, say(`provider_${trouble}`)]]);
    else if (now) name.focus();
  }
  document.documentElement.dataset.ready = "yes";
});
