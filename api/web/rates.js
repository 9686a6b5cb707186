/* 关联率: how many listed households were tied to a building, per complex, community or grid, with a way to those left. */

import { ask, make } from "./ask.js";
import { say } from "./words.js";

const KINDS = ["complex", "community", "grid"];

/** The address of the cases of one place, as part of the page's own. */
const placeLink = (by, { key, name }) => `#${new URLSearchParams({ [by]: key, name })}`;

/** Show the rates of one kind of place in `view`, unless the page has gone on meanwhile. Raises what `ask` raises. */
export async function showRates(view, by, token, goneOn) {
  const wanted = KINDS.includes(by) ? by : KINDS[0];
  view.setAttribute("aria-busy", "true");
  try {
    const said = await ask("/api/review/rates", { by: wanted }, { token });
    if (goneOn()) return;
    const rows = said.rates.map((rate) => row(rate, wanted));
    view.replaceChildren(
      make("h1", {}, say("rates_title")), make("p", { class: "soft" }, say("rates_text")), kinds(wanted),
      rows.length ? table(rows) : make("p", { class: "soft empty" }, say("no_rates")));
  } finally {
    view.removeAttribute("aria-busy");
  }
}

function kinds(chosen) {
  return make("nav", { class: "kinds", "aria-label": say("rates_title") }, ...KINDS.map((by) =>
    make("a", { href: `#rates=${by}`, "aria-current": by === chosen ? "true" : null }, say(`by_${by}`))));
}

function table(rows) {
  const field = make("input", { type: "search", "aria-label": say("filter"), placeholder: say("filter"), spellcheck: "false",
    oninput: () => { for (const one of rows) one.hidden = !one.dataset.text.includes(field.value.trim()); } });
  const head = [["place", ""], ["tied", "number"], ["rate", "number"], ["left", ""]];
  return make("div", {}, rows.length > 12 ? field : null, make("table", { class: "rates" },
    make("thead", {}, make("tr", {}, ...head.map(([key, kind]) => make("th", { scope: "col", class: kind }, say(key))))),
    make("tbody", {}, ...rows)));
}

function row(rate, by) {
  const meter = make("span", { class: "meter", "aria-hidden": "true" }, make("i", {}));
  meter.firstChild.style.width = rate.share || "0";
  const link = rate.open && rate.key ? make("a", { href: placeLink(by, rate) }, say("to_cases")) : null;
  return make("tr", { "data-text": `${rate.name} ${rate.key}` },
    make("th", { scope: "row" }, rate.name || (rate.key ? rate.key : say("nowhere")), rate.key && rate.name && by !== "complex" ? make("small", {}, rate.key) : null),
    make("td", { class: "number" }, `${rate.matched} / ${rate.listed}`),
    make("td", { class: "number" }, rate.share ? meter : null, rate.share || say("too_few")),
    make("td", {}, ...[link].filter(Boolean)));
}
