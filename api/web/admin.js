/* 管理: accounts and what they may do, tokens of programs, settings that may change while the server runs. */

import { accountFields, accountList, readAccount } from "./admin_accounts.js";
import { tokenFields, tokenList, readToken } from "./admin_tokens.js";
import { settingFields, readSettings } from "./admin_settings.js";
import { ask, make } from "./ask.js";
import { tellFaults, whileBusy } from "./forms.js";
import { frame, places, session } from "./shell.js";
import { say, translate } from "./words.js";

const [form, fields, list, once, told, wrong, title] = ["form", "fields", "list", "once", "told", "wrong", "title"].map((id) => document.getElementById(id));
const VIEWS = ["accounts", "tokens", "settings"];
let view = VIEWS[0], turn = 0, editing = null;

translate();

/** Places by code, for names beside codes; filled once. */
const names = new Map();

export const placeName = (code) => (code ? names.get(code) || code : say("everywhere"));

function tell(text) { told.textContent = text; told.hidden = !text; }

/** Show a secret that is never shown again, until it is put away. */
function showOnce(text, secret) {
  once.replaceChildren(make("div", { class: "secret-once" }, make("strong", {}, text), make("code", {}, secret),
    make("p", { class: "soft small" }, say("shown_once")),
    make("button", { type: "button", onclick: () => { once.replaceChildren(); once.hidden = true; } }, say("put_away"))));
  once.hidden = false;
  once.focus();
}

/** Do something to the server and show what came of it; faults are told above the list. */
async function act(work, done) {
  tell("");
  try {
    const said = await work();
    if (done) tell(done);
    await show();
    return said;
  } catch (error) {
    tell(error.message);
    told.classList.add("wrong");
    setTimeout(() => told.classList.remove("wrong"), 8000);
    return null;
  }
}

const deeds = {
  /** Ask again before what is grave: the button asks, a second press does it. */
  sure(button, deed) {
    if (button.dataset.sure) { deed(); return; }
    const said = button.textContent;
    button.dataset.sure = "yes";
    button.classList.add("grave");
    button.textContent = say("sure_question", said);
    setTimeout(() => { delete button.dataset.sure; button.classList.remove("grave"); button.textContent = said; }, 5000);
  },
  lock: (name) => act(() => ask(`/api/accounts/${encodeURIComponent(name)}/lock`, {}, { method: "POST" }), say("was_locked", name)),
  open: (name) => act(() => ask(`/api/accounts/${encodeURIComponent(name)}/open`, {}, { method: "POST" }), say("was_opened", name)),
  async reset(name) {
    const said = await act(() => ask(`/api/accounts/${encodeURIComponent(name)}/reset`, {}, { method: "POST" }));
    if (said) showOnce(say("first_password_of", said.name), said.password);
  },
  edit(account) { editing = account; drawForm(); fields.querySelector("select, input").focus(); },
  revoke: (number, name) => act(() => ask(`/api/tokens/${number}`, {}, { method: "DELETE" }), say("was_revoked", name)),
};

function drawForm(settings = null) {
  tellFaults(wrong, []);
  title.textContent = say(editing ? "grants_of" : { accounts: "new_account", tokens: "new_token", settings: "tab_settings" }[view], editing && editing.name);
  fields.replaceChildren(...{ accounts: () => accountFields(editing), tokens: tokenFields, settings: () => settingFields(settings) }[view]());
  if (editing) fields.append(make("button", { type: "button", class: "leave", onclick: () => { editing = null; drawForm(); } }, say("leave_it")));
}

async function show() {
  const mine = (turn += 1);
  try {
    const said = await ask(`/api/${view}`), now = await session;
    if (mine !== turn) return;
    if (view === "settings") { drawForm(said); list.replaceChildren(); }
    else list.replaceChildren(view === "accounts" ? accountList(said.accounts, deeds, now.account.name, placeName) : tokenList(said.tokens, deeds, placeName));
  } catch (error) {
    if (mine === turn) list.replaceChildren(make("div", { class: "card wrong" }, make("p", {}, error.message), make("button", { type: "button", onclick: show }, say("again"))));
  }
}

async function send() {
  const [body, faults] = { accounts: () => readAccount(fields, editing), tokens: () => readToken(fields), settings: () => readSettings(fields) }[view]();
  tellFaults(wrong, faults);
  if (faults.length) return;
  try {
    if (view === "settings") { await ask("/api/settings", {}, { method: "PUT", body }); tell(say("settings_kept")); }
    else if (editing) {
      await ask(`/api/accounts/${encodeURIComponent(editing.name)}/grants`, {}, { method: "PUT", body });
      tell(say("grants_kept", editing.name));
      editing = null;
    } else if (view === "accounts") {
      const said = await ask("/api/accounts", {}, { method: "POST", body });
      showOnce(say("first_password_of", said.name), said.password);
    } else {
      const said = await ask("/api/tokens", {}, { method: "POST", body });
      showOnce(say("token_for", body.name), said.token);
    }
    drawForm();
    await show();
  } catch (error) {
    tellFaults(wrong, [[null, error.message]]);
  }
}

async function go() {
  const wanted = location.hash.slice(1);
  view = VIEWS.includes(wanted) ? wanted : VIEWS[0];
  editing = null;
  tell("");
  once.replaceChildren();
  once.hidden = true;
  for (const tab of document.querySelectorAll("#tabs a")) {
    if (tab.hash === `#${view}`) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
  list.replaceChildren(make("p", { class: "soft empty" }, say("loading")));
  if (view === "settings") fields.replaceChildren();
  else drawForm();
  await show();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  whileBusy(form.querySelector("button.main"), say("working"), send);
});
window.addEventListener("hashchange", go);
frame().then(places).then((found) => {
  for (const { code, name } of found) names.set(code, name ? `${name} ${code}` : code);
  document.getElementById("places").replaceChildren(...found.map(({ code, name }) => make("option", { value: code }, name || code)));
  return go();
}).then(() => { document.documentElement.dataset.ready = "yes"; });
