/* Questions to the server, and small ways of building the page. Texts go in as text, never as markup. */

import { lang, say } from "./words.js";

/** When the server was asked last, in milliseconds; each request keeps the session going. */
export let askedAt = Date.now();

/** Ask for JSON, or for a file (`as` is "blob"). Raises an Error whose message can be shown. */
export async function ask(path, parameters = {}, { token = null, method = "GET", body = null, signal = null, as = "json", seen = null } = {}) {
  const query = new URLSearchParams({ ...parameters, lang });
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  if (seen != null) headers["If-Match"] = `"${seen}"`;
  if (body) headers["Content-Type"] = "application/json";
  let answer;
  askedAt = Date.now();
  try {
    answer = await fetch(`${path}?${query}`, { method, headers, signal, body: body ? JSON.stringify(body) : null });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw Object.assign(new Error(say("no_server")), { away: true });
  }
  if (answer.ok && as === "blob") return answer.blob();
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    if (elsewhere(said.type)) return new Promise(() => {}); // the page is being left
    const problem = new Error(said.detail || `HTTP ${answer.status}`);
    problem.status = answer.status;
    problem.type = said.type;
    throw problem;
  }
  return said;
}

/** The address of a page of ours that comes back here, in the language of this one. */
export const pageLink = (path, more = {}) => {
  const query = new URLSearchParams({ ...more, ...(lang === "en" ? { lang } : {}) }).toString();
  return query ? `${path}?${query}` : path;
};

/** Leave for the page that is needed first, where a refusal says so: signing in, or the first password. */
function elsewhere(type) {
  const to = { "urn:wangge:problem:sign-in-needed": "/signin", "urn:wangge:problem:first-password": "/account" }[type];
  if (!to || location.pathname === to) return false;
  const next = location.pathname + location.search + location.hash;
  location.replace(pageLink(to, to === "/signin" ? { next, over: "1" } : { next }));
  return true;
}

/** An element with attributes, listeners (on...) and children; strings become text. */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

/** Two columns of facts; rows without a value are left out. */
export function facts(...rows) {
  const list = make("dl", { class: "facts" });
  for (const [what, value] of rows) if (value) list.append(make("dt", {}, what), make("dd", {}, value));
  return list;
}

/** Whether a key pressed now belongs to a field the user types into. */
export const typing = (event) =>
  event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);

/** Suggestions under a box: arrows, Enter, Escape and the mouse choose; `chosen` gets the suggestion. */
export function suggesting(box, list, chosen, { limit = 8, kinds = null, here = () => "" } = {}) {
  let offers = [], at = -1, timer = 0, asking = null, composing = false;
  const show = () => {
    list.replaceChildren(...offers.map((offer, i) => make("li", {
      role: "option", id: `${list.id}-${i}`, "aria-selected": String(i === at),
      onmousedown: (event) => { event.preventDefault(); choose(i); },
    }, offer.label, offer.community && offer.kind !== "community" ? make("small", { class: "soft" }, ` ${offer.community.name || offer.community.code}`) : null)));
    list.hidden = !offers.length;
    if (offers.length) (list.children[at] || list).scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-expanded", String(Boolean(offers.length)));
    if (at >= 0) box.setAttribute("aria-activedescendant", `${list.id}-${at}`);
    else box.removeAttribute("aria-activedescendant");
  };
  const close = () => { clearTimeout(timer); if (asking) asking.abort(); offers = []; at = -1; show(); };
  const choose = (i) => { const offer = offers[i]; close(); box.value = offer.label; chosen(offer); };
  const look = async () => {
    const text = box.value.trim();
    if (asking) asking.abort();
    if (!text || /^[-\d.,，\s]+$/.test(text)) return close();
    asking = new AbortController();
    try {
      const said = await ask("/api/suggest", { q: text, limit, ...(here() ? { here: here() } : {}) }, { signal: asking.signal });
      offers = said.suggestions.filter((offer) => !kinds || kinds(offer));
      at = -1;
      if (document.activeElement === box) show();
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };
  box.addEventListener("compositionstart", () => { composing = true; });
  box.addEventListener("compositionend", () => { composing = false; });
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 120); });
  box.addEventListener("blur", () => setTimeout(close, 100));
  box.addEventListener("keydown", (event) => {
    if (composing || event.isComposing) return;
    if (event.key === "Escape") { close(); return; }
    if (!offers.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); at = (at + step + offers.length + (at < 0 && step < 0 ? 1 : 0)) % offers.length; show(); }
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); event.stopPropagation(); choose(at); }
  });
  return { close };
}
