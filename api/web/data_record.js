/* What was loaded, ended and taken back; the last of a layer can be taken back here. */

import { ask, make } from "./ask.js";
import { lang, say } from "./words.js";

const count = (seen, step) => Object.values(seen.counts).reduce((sum, of) => sum + (of[step] || 0), 0);

/** The record inside `place`. */
export async function showRecord(place, goneOn) {
  const said = await ask("/api/imports");
  if (goneOn()) return;
  const below = make("div", { "aria-live": "polite" });
  const newest = new Set(); // of each layer, the one that can be taken back
  const rows = said.batches.map((batch) => {
    const stands = batch.action !== "undo" && batch.taken_back_by === null;
    const last = stands && !newest.has(batch.layer) && batch.layer !== "residents";
    if (stands) newest.add(batch.layer);
    return make("tr", {},
      make("td", {}, String(batch.number)),
      make("td", {}, make("span", { class: stands || batch.action === "undo" ? null : "gone" }, `${say(`deed_${batch.action}`)} ${say(`layer_${batch.layer}`)}`),
        make("small", {}, make("br"), `${batch.source || batch.reason || ""}`, make("br"), say("record_counts", batch.added, batch.changed, batch.ended))),
      make("td", {}, new Date(batch.at).toLocaleString(lang === "zh" ? "zh-CN" : "en-GB"), make("small", {}, make("br"), batch.actor.replace(/^http:/, ""))),
      make("td", {}, last ? make("button", { type: "button", class: "plain", onclick: () => foresee(batch, below, place) }, say("record_undo"))
        : batch.taken_back_by !== null ? make("small", {}, say("taken_back", batch.taken_back_by)) : ""));
  });
  place.replaceChildren(make("h1", {}, say("record_title")), below,
    rows.length ? make("table", { class: "record" }, make("tbody", {}, ...rows)) : make("p", { class: "soft" }, say("record_none")));
}

/** Tell what taking a load back would do, and ask. */
export async function foresee(batch, place, all) {
  const query = batch.number ? { layer: batch.layer, number: batch.number } : { layer: batch.layer };
  try {
    const seen = await ask("/api/imports/undo", query);
    const stuck = seen.hindrances.length > 0;
    const yes = make("button", { type: "button", class: "first", disabled: stuck, onclick: async () => {
      yes.disabled = true;
      try {
        const done = await ask("/api/imports/undo", {}, { method: "POST", body: { layer: seen.layer, number: seen.number } });
        if (all) await showRecord(all, () => false);
        (all ? all.children[1] : place).replaceChildren(make("p", { class: "notice", role: "status" }, say("record_undone", done.batch)));
      } catch (error) { place.append(make("p", { class: "notice wrong", role: "alert" }, error.message)); }
    } }, say("record_yes"));
    place.replaceChildren(make("div", { class: "conflict" },
      make("p", {}, say("record_sure", seen.number, seen.source, count(seen, "removed"), count(seen, "put back"), count(seen, "as before"))),
      ...seen.notes.map((note) => make("p", { class: "soft" }, note)),
      stuck ? make("p", { class: "wrong" }, say("record_hindered")) : null,
      stuck ? make("ul", { class: "told" }, ...seen.hindrances.slice(0, 12).map((text) => make("li", {}, text))) : null,
      make("div", { class: "deeds" }, yes, make("button", { type: "button", onclick: () => place.replaceChildren() }, say("record_no")))));
    if (!stuck) yes.focus();
  } catch (error) {
    place.replaceChildren(make("p", { class: "notice wrong", role: "alert" }, error.message));
  }
}
