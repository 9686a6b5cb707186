/* The frame of all pages: where one may go, who one is and for which area, the language, the way out. */

import { ask, askedAt, make, pageLink } from "./ask.js";
import { lang, say } from "./words.js";

const PAGES = [["map", "/map", "display"], ["reach_page", "/reach", "figures"], ["lookup", "/lookup", "lookup"], ["plans_page", "/plans", "plans"], ["data_page", "/review", "review"]];

/** Who is signed in and what he may do; null while the server is away. */
export const session = ask("/api/session").catch(() => null);

// a page the browser kept as it was may belong to somebody who has signed out since
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

/** Leave when the session is over by idleness: what is on the screen may be read by somebody else by then. */
function leaveWhenIdle(now) {
  if (!now || !now.account) return;
  setInterval(() => {
    if (Date.now() - askedAt > now.account.idle_s * 1000) location.replace(pageLink("/signin", { next: here(), over: "1" }));
  }, 20_000);
}

/** The pages somebody may open. Before there are accounts all of them: the one with addresses asks for its token itself. */
export const pagesOf = (now) => PAGES.filter(([, , right]) => !now || !now.accounts || now.may.includes(right));

/** Fill the bar at the top of this page. */
export async function frame() {
  const bar = document.getElementById("bar");
  const nav = make("nav", { "aria-label": say("pages") }), who = make("div", { class: "who" });
  bar.querySelector("strong").after(nav);
  bar.append(who);
  const now = await session;
  nav.replaceChildren(...pagesOf(now).map(([word, path]) =>
    make("a", { href: pageLink(path), "aria-current": path === location.pathname ? "page" : null }, say(word))));
  leaveWhenIdle(now);
  who.replaceChildren(...[...whose(now), language()].filter(Boolean));
  return now;
}

function whose(now) {
  if (!now) return [];
  if (!now.accounts) return [make("span", { class: "soft" }, say("no_accounts_mark"))];
  if (!now.account) return location.pathname === "/signin" ? [] : [make("a", { href: pageLink("/signin", { next: here() }) }, say("sign_in_link"))];
  const area = areaText(now.account.areas);
  return [
    area ? make("span", { class: "area", title: now.account.areas.map(areaName).join(lang === "zh" ? "、" : ", ") }, area) : null,
    make("a", { href: pageLink("/account"), class: "name", "aria-current": location.pathname === "/account" ? "page" : null }, now.account.name),
    make("button", { type: "button", class: "out", onclick: signOut }, say("sign_out")),
  ];
}

export const areaName = (area) => (area.code ? area.name || area.code : say("everywhere"));

function areaText(areas) {
  if (!areas.length) return null;
  return areas.length === 1 ? areaName(areas[0]) : say("and_more", areaName(areas[0]), areas.length);
}

const here = () => location.pathname + location.search + location.hash;

/** The same page in the other language; where it has come to meanwhile is kept. */
function language() {
  const link = make("a", { class: "lang", lang: lang === "zh" ? "en" : "zh-CN", href: "?" }, lang === "zh" ? "EN" : "中文");
  const aim = () => {
    const query = new URLSearchParams(location.search);
    query.set("lang", lang === "zh" ? "en" : "zh");
    link.href = `?${query}${location.hash}`;
  };
  aim();
  link.addEventListener("pointerdown", aim);
  link.addEventListener("focus", aim);
  return link;
}

async function signOut(event) {
  event.currentTarget.disabled = true;
  await ask("/api/session", {}, { method: "DELETE" }).catch(() => {});
  sessionStorage.clear();
  location.replace(pageLink("/signin", { out: "1" }));
}
