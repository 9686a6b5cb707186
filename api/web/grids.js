/* 地图: the map of grids is drawn as one page of its own, in the frame of the pages; what the address asks for goes on to it. */

import { ask, make } from "./ask.js";
import { frame } from "./shell.js";
import { lang, say, translate } from "./words.js";

const source = "/api/maps/grids.html";
const place = document.getElementById("frame").parentElement, map = document.getElementById("frame");
const query = new URLSearchParams(location.search);

function ready() { document.documentElement.dataset.ready = "yes"; }

/** Say why there is no map, and offer another try. */
function fail(text) {
  place.replaceChildren(make("div", { class: "card wrong", role: "alert" }, make("p", {}, say("no_map_drawn", text)),
    make("button", { type: "button", onclick: () => location.reload() }, say("again"))));
  ready();
}

/** Ask for the map first: what stands in its way is told here, not in the frame. The browser keeps what it got. */
async function draw() {
  const waiting = setTimeout(() => map.before(make("p", { class: "soft drawing", role: "status" }, say("drawing"))), 400);
  const answer = await fetch(`${source}?${query}`).catch(() => null);
  clearTimeout(waiting);
  if (!answer) { fail(say("no_server")); return; }
  if (answer.redirected) { location.reload(); return; } // signed out meanwhile: this page knows the way
  if (!answer.ok) { fail((await answer.json().catch(() => ({}))).detail || `HTTP ${answer.status}`); return; }
  map.addEventListener("load", () => { place.querySelectorAll(".drawing").forEach((node) => node.remove()); ready(); });
  map.src = `${source}?${query}`;
}

/** Plans that are shown to the public today: what may soon change here. */
async function notices() {
  const { shown } = await ask("/api/notices").catch(() => ({ shown: [] }));
  if (!shown.length) return;
  place.before(make("p", { class: "notice shown", role: "status" }, `${say("shown_now")} `,
    ...shown.map((one) => make("a", { href: `/api/plans/${one.plan}/notice.html?lang=${lang}`, target: "_blank", rel: "noopener" }, say("shown_one", one.community, one.last_day)))));
}

translate();
document.title = say("grids_title");
map.title = say("grids_title");
query.set("lang", lang);
frame();
draw();
notices();
