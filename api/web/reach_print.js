/* 覆盖 on paper: title, figures, the map at the width of the sheet and finer, then the lists; afterwards all as before. */

import { make } from "./ask.js";
import { say } from "./words.js";

const FINER = 3;

export function listenToPrint({ map, asked }) {
  const root = document.documentElement, paper = document.getElementById("paper"), stage = document.getElementById("stage");
  let before = null;
  const toPaper = () => {
    if (before) return;
    const held = map();
    before = { next: stage.nextSibling, parent: stage.parentNode };
    if (held) Object.assign(before, { bounds: held.seen(), centre: held.map.getCenter(), zoom: held.map.getZoom(), ratio: held.scene.ratio });
    const layers = document.getElementById("layers");
    before.open = layers.open;
    layers.open = true;
    head(paper, held, asked());
    paper.hidden = false;
    root.classList.add("on-paper");
    document.getElementById("trying").after(stage); // the map after the figures, the lists under it
    if (!held) return;
    held.scene.ratio = FINER;
    held.map.invalidateSize({ animate: false, pan: false });
    held.map.fitBounds(before.bounds, { animate: false });
    held.scene._update();
  };
  const toScreen = () => {
    if (!before) return;
    const was = before, held = map();
    before = null;
    root.classList.remove("on-paper");
    paper.hidden = true;
    document.getElementById("layers").open = was.open;
    was.parent.insertBefore(stage, was.next);
    if (!held || !was.bounds) return;
    held.scene.ratio = was.ratio;
    held.map.invalidateSize({ animate: false, pan: false });
    held.map.setView(was.centre, was.zoom, { animate: false });
    held.scene._update();
  };
  window.addEventListener("beforeprint", toPaper);
  window.addEventListener("afterprint", toScreen);
}

/** What the sheet says of itself. */
function head(paper, map, asked) {
  const data = map ? map.data : {}, day = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10);
  const said = [say("as_of_day", asked.day || day), asked.beside ? say("beside_day", asked.beside) : "", say("n_minutes", asked.minutes), say(asked.profile === "elderly" ? "walk_elderly" : "walk_default"),
    asked.kind && data.words ? data.words.stationKinds[asked.kind] : ""].filter(Boolean).join(" · ");
  paper.replaceChildren(make("p", { class: "notice-mark" }, data.notice || ""), make("h1", {}, [data.title || say("reach_title"), asked.name].filter(Boolean).join(" · ")),
    make("p", {}, said), make("p", { class: "small" }, data.credit ? say("credit", data.credit) : ""));
}
