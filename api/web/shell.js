/* The frame of all pages: where one may go, who one is and for which area, the language, the way out. */

import { ask, askedAt, make, pageLink, suggesting } from "./ask.js";
import { lang, say } from "./words.js";

const PAGES = [["map", "/map", "display"], ["reach_page", "/reach", "figures"], ["lookup", "/lookup", "lookup"], ["plans_page", "/plans", "plans"],
  ["data_page", "/data", "load"], ["data_page", "/review", "households"], ["admin_page", "/admin", "accounts"],
  ["audit_page", "/audit", "audit"]];
const DATA = ["/data", "/review"]; // one entry: the review list is part of it

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

/** The pages somebody may open. Before there are accounts all that show places: the one with addresses asks for its token itself. */
const OF_ACCOUNTS = ["accounts", "audit", "load"];
export const pagesOf = (now) => {
  const open = PAGES.filter(([, , right]) => (now && (now.accounts || !now.may.length) ? now.may.includes(right) : !OF_ACCOUNTS.includes(right)));
  return open.some(([, path]) => path === "/data") ? open.filter(([, path]) => path !== "/review") : open;
};

/** Fill the bar at the top of this page. */
export async function frame() {
  const bar = document.getElementById("bar");
  const nav = make("nav", { "aria-label": say("pages") }), who = make("div", { class: "who" });
  bar.querySelector("strong").after(nav);
  bar.append(who);
  const now = await session;
  if (location.pathname !== "/lookup" && pagesOf(now).some(([word]) => word === "lookup")) nav.after(searchBox());
  nav.replaceChildren(...pagesOf(now).map(([word, path]) =>
    make("a", { href: pageLink(path), "aria-current": path === location.pathname || (DATA.includes(path) && DATA.includes(location.pathname)) ? "page" : null }, say(word))));
  leaveWhenIdle(now);
  who.replaceChildren(...[...whose(now), language()].filter(Boolean));
  if (now && now.notice) bar.after(make("p", { class: "announced", role: "status" }, now.notice));
  if (now && now.account && !now.account.must_change) offerAreas(now.account, who.querySelector(".area"));
  return now;
}

/** The one box on every page: what it finds is shown on 查询. */
function searchBox() {
  const box = make("input", { type: "search", maxlength: 500, placeholder: say("find_anything"), "aria-label": say("find_anything"),
    role: "combobox", "aria-expanded": "false", "aria-controls": "found-here", "aria-autocomplete": "list", autocomplete: "off" });
  const list = make("ul", { id: "found-here", role: "listbox", "aria-label": say("find_anything"), hidden: true });
  const go = (text) => { if (text.trim()) location.assign(`${pageLink("/lookup")}#${new URLSearchParams({ q: text.trim() })}`); };
  suggesting(box, list, (offer) => go(offer.kind === "grid" ? offer.key : offer.label));
  return make("form", { class: "find combo", role: "search", onsubmit: (event) => { event.preventDefault(); go(box.value); } }, box, list);
}

function whose(now) {
  if (!now) return [];
  if (!now.accounts) return !now.may.length ? [] : [make("span", { class: "soft" }, say("no_accounts_mark"))];
  if (!now.account) return location.pathname === "/signin" ? [] : [make("a", { href: pageLink("/signin", { next: here() }) }, say("sign_in_link"))];
  const area = areaText(now.account.areas);
  return [
    area ? make("span", { class: "area", title: now.account.areas.map(areaName).join(lang === "zh" ? "、" : ", ") }, area) : null,
    make("a", { href: pageLink("/account"), class: "name", "aria-current": location.pathname === "/account" ? "page" : null }, now.account.name),
    make("button", { type: "button", class: "out", onclick: signOut }, say("sign_out")),
  ];
}

let listed = null;

/** Districts, streets and communities of one's own area, asked for once. */
export const places = () => (listed = listed || ask("/api/session/places").then((said) => said.places, () => []));

const AREA = /(?:^|; )wangge-area=(\d+)/;
const GROUPS = { 6: "districts_group", 9: "streets_group", 12: "communities_group" };

/** Put a chooser in the place of the area's name where there is a choice: all pages show the chosen part alone. */
async function offerAreas(account, mark) {
  const found = await places();
  if (!mark || found.length < 2) return;
  const chosen = (document.cookie.match(AREA) || [])[1] || "";
  const group = (digits) => {
    const inside = found.filter(({ code }) => code.length === digits);
    return inside.length ? make("optgroup", { label: say(GROUPS[digits]) },
      ...inside.map(({ code, name }) => make("option", { value: code, selected: code === chosen }, name || code))) : null;
  };
  const choose = make("select", { class: "area", "aria-label": say("choose_area"), title: say("choose_area"), onchange: () => {
    const age = choose.value ? "" : "; Max-Age=0";
    document.cookie = `wangge-area=${choose.value}; Path=/; SameSite=Lax${age}`;
    location.reload();
  } }, make("option", { value: "" }, account.areas.some((area) => !area.code) ? say("everywhere") : say("my_whole_area", areaText(account.areas))), group(6), group(9), group(12));
  mark.replaceWith(choose);
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
  document.cookie = "wangge-area=; Path=/; Max-Age=0";
  location.replace(pageLink("/signin", { out: "1" }));
}
