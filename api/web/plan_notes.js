/* What is said of a plan: comments and remarks of the public with their spot or line on the map, what was made of each, and the
   days on which the plan is shown to the public. */

import { ask, make, pageLink } from "./ask.js";
import { clock } from "./editor.js";
import { tellFaults, whileBusy } from "./forms.js";
import { lang, say } from "./words.js";

const VIAS = ["counter", "phone", "letter", "online", "meeting"], VERDICTS = ["adopted", "declined", "noted"];
const LINE_PX = 8, MOST_POINTS = 400, COLOUR = "#6a3d9a";

export class Notes {
  /** `session` says what one may do. */
  constructor(editor, session) {
    this.editor = editor;
    this.may = (right) => Boolean(session && session.may && session.may.includes(right));
    this.rows = [];
    this.mark = [];
    this.shown = make("div", {});
    this.form = make("div", {});
    this.list = make("ul", { class: "notes" });
    this.node = make("section", { class: "notes-of-plan", "aria-label": say("notes_title") }, make("h2", {}, say("notes_title")), this.shown,
      make("div", { class: "tools" }, make("button", { type: "button", "data-note": "new", onclick: () => this.#write() }, say("note_new")),
        make("button", { type: "button", onclick: () => window.print() }, say("print")),
        make("a", { href: pageLink(`/api/plans/${editor.plan.id}/notes.csv`), download: true, hidden: true, "data-note": "file" }, say("note_file"))),
      this.form, this.list);
    this.layer = window.L.layerGroup().addTo(editor.map);
    this.ready = this.#read();
  }

  get #path() { return `/api/plans/${this.editor.plan.id}`; }

  /** Off the map, before the panel is built anew. */
  remove() {
    this.#unmark();
    this.layer.remove();
  }

  async #read() {
    try { this.#tell(await ask(`${this.#path}/notes`)); }
    catch (error) { this.list.replaceChildren(make("li", { class: "notice wrong", role: "alert" }, error.message)); }
  }

  #tell({ notes, consultation }) {
    this.rows = notes;
    this.consultation = consultation;
    const rank = (row) => (row.verdict ? 1 : 0);
    const rows = [...notes].sort((a, b) => rank(a) - rank(b) || b.number - a.number);
    this.list.replaceChildren(...(rows.length ? rows.map((row) => this.#row(row)) : [make("li", { class: "soft" }, say("notes_none"))]));
    this.node.querySelector("[data-note=file]").hidden = !rows.length;
    this.#tellShown();
    this.#draw();
  }

  // ---------------------------------------------------------------- the list

  #row(row) {
    const grid = row.grid_code && [...this.editor.grids.values()].find((one) => one.code === row.grid_code);
    const from = row.public ? `${say("note_public")} · ${say(`via_${row.via}`)} · ${row.said_on}` : `${row.actor.replace(/^(http|cli):/, "")} · ${clock(row.at)}`;
    const about = row.grid_code ? (grid ? grid.name : row.grid_code) : row.mark.length ? say(row.mark.length > 1 ? "note_line" : "note_spot") : "";
    const answered = row.verdict ? make("p", { class: "answer" }, make("b", {}, say(`verdict_${row.verdict}`)), row.answer ? ` ${row.answer}` : "") : null;
    return make("li", { class: row.verdict ? "done" : "", "data-number": row.number },
      make("button", { type: "button", onclick: () => this.#goTo(row, grid) }, make("i", {}, String(row.number)), row.text, make("small", {}, [about, from].filter(Boolean).join(" · "))),
      answered,
      make("span", { class: "acts" }, make("button", { type: "button", onclick: (event) => this.#answer(row, event.currentTarget) }, say(row.verdict ? "note_answer_again" : "note_answer"))));
  }

  #goTo(row, grid) {
    if (row.mark.length) {
      const lons = row.mark.map(([lon]) => lon), lats = row.mark.map(([, lat]) => lat);
      this.editor.look([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]);
    } else if (grid) this.editor.show(grid.label);
  }

  #draw() {
    const L = window.L;
    this.layer.clearLayers();
    for (const row of this.rows) {
      if (!row.mark.length) continue;
      const points = row.mark.map(([lon, lat]) => [lat, lon]), style = { color: COLOUR, weight: 3, opacity: row.verdict ? 0.45 : 1, interactive: false };
      if (points.length > 1) L.polyline(points, style).addTo(this.layer);
      const icon = L.divIcon({ className: `note-mark${row.verdict ? " done" : ""}`, html: `<span>${Number(row.number)}</span>`, iconSize: [0, 0] });
      L.marker(points[0], { icon, interactive: false, keyboard: false }).addTo(this.layer);
    }
  }

  // ---------------------------------------------------------------- forms

  /** A form in place: `send` gives what to show afterwards. */
  #show(place, opener, word, fields, { send, faults = () => [], closed = () => {} }) {
    const summary = make("div", { class: "faults", tabindex: "-1", hidden: true, role: "alert" });
    const button = make("button", { class: "first" }, say(word));
    const close = () => { closed(); form.remove(); if (opener.isConnected) opener.focus(); };
    const form = make("form", { class: "inline-form", novalidate: true, onsubmit: async (event) => {
      event.preventDefault();
      const found = faults();
      tellFaults(summary, found);
      if (found.length) return;
      await whileBusy(button, say("plan_saving"), async () => {
        try {
          const told = await send();
          close();
          if (told && told.notes) this.#tell(told); else await this.#read();
        } catch (error) { tellFaults(summary, [[null, error.message]]); }
      });
    } }, summary, ...fields, make("div", { class: "tools" }, button, make("button", { type: "button", onclick: close }, say("cancel"))));
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } });
    place.replaceChildren(form);
    (form.querySelector("textarea, input") || button).focus();
  }

  #write() {
    const { editor } = this, chosen = editor.grids.get(editor.chosen[0]);
    const text = make("textarea", { id: "note-text", rows: 3, maxlength: 2000 });
    const about = make("select", { id: "note-grid" }, make("option", { value: "" }, say("note_whole")),
      ...[...editor.grids.values()].map((row) => make("option", { value: row.code, selected: Boolean(chosen && chosen.code === row.code) }, row.name)));
    const via = make("select", { id: "note-via" }, make("option", { value: "" }, say("note_office")), ...VIAS.map((one) => make("option", { value: one }, `${say("note_public")} · ${say(`via_${one}`)}`)));
    const day = make("input", { id: "note-day", type: "date" }), dayRow = make("div", { hidden: true }, make("label", { for: day.id }, say("note_day")), day);
    via.addEventListener("change", () => { dayRow.hidden = !via.value; });
    this.marked = make("span", { class: "soft", role: "status" });
    const place = make("div", { class: "tools" }, make("button", { type: "button", onclick: () => this.#point() }, say("note_point")),
      make("button", { type: "button", onclick: () => this.#take([editor.map.getCenter()]) }, say("note_centre")), this.marked);
    const heard = this.consultation ? [make("label", { for: via.id }, say("note_from")), via, dayRow] : [];
    this.#show(this.form, this.node.querySelector("[data-note=new]"), "note_keep",
      [make("label", { for: text.id }, say("note_text")), text, make("p", { class: "soft" }, say("note_nobody")), make("label", { for: about.id }, say("note_about")), about, place, ...heard], {
        send: () => ask(`${this.#path}/notes`, {}, { method: "POST", body: { text: text.value.trim(), grid: about.value || null, mark: this.mark, via: via.value || null, said_on: (via.value && day.value) || null } }),
        faults: () => (text.value.trim() ? [] : [[text, say("note_missing")]]),
        closed: () => this.#unmark(),
      });
  }

  #answer(row, opener) {
    const verdict = make("select", { id: "note-verdict" }, ...VERDICTS.map((one) => make("option", { value: one, selected: one === row.verdict }, say(`verdict_${one}`))));
    const text = make("textarea", { id: "note-answer", rows: 2, maxlength: 2000 });
    text.value = row.answer || "";
    const place = make("div", {});
    opener.closest("li").append(place);
    this.#show(place, opener, "note_answer", [make("label", { for: verdict.id }, say("note_verdict")), verdict, make("label", { for: text.id }, say("note_answer_text")), text], {
      send: () => ask(`${this.#path}/notes/${row.number}`, {}, { method: "PUT", body: { verdict: verdict.value, answer: text.value.trim() || null } }),
      faults: () => (row.public && verdict.value === "declined" && !text.value.trim() ? [[text, say("note_why")]] : []),
    });
  }

  // ---------------------------------------------------------------- a spot or a line on the map

  /** The next press on the map is the spot; a drag is a line. */
  #point() {
    this.#unmark();
    const { map } = this.editor, box = map.getContainer();
    const dragging = map.dragging.enabled();
    let trace = null;
    map.dragging.disable();
    box.classList.add("painting");
    this.marked.textContent = say("note_point_hint");
    const at = (event) => map.mouseEventToLatLng(event);
    const on = (name, act) => { box.addEventListener(name, act, true); return () => box.removeEventListener(name, act, true); };
    const held = (event) => { event.preventDefault(); event.stopPropagation(); };
    const offs = [
      on("pointerdown", (event) => { if (event.button === 0 && !event.target.closest(".leaflet-control")) { held(event); box.setPointerCapture(event.pointerId); trace = [at(event)]; } }),
      on("pointermove", (event) => { if (trace) { held(event); trace.push(at(event)); this.#sketch(trace); } }),
      on("pointerup", (event) => { if (trace) { held(event); const line = trace; this.stop(); this.#take(line); } }),
      on("mousedown", (event) => { if (!event.target.closest(".leaflet-control")) event.stopPropagation(); }),
    ];
    this.stop = () => {
      for (const off of offs) off();
      this.stop = null;
      trace = null;
      if (dragging) map.dragging.enable();
      box.classList.toggle("painting", this.editor.tool !== "pick");
    };
  }

  #take(line) {
    const { map } = this.editor, far = (a, b) => map.latLngToContainerPoint(a).distanceTo(map.latLngToContainerPoint(b));
    const step = Math.ceil(line.length / MOST_POINTS);
    const points = line.some((p) => far(line[0], p) > LINE_PX) ? line.filter((_, i) => i % step === 0 || i === line.length - 1) : line.slice(0, 1);
    this.mark = points.map(({ lng, lat }) => [Number(lng.toFixed(7)), Number(lat.toFixed(7))]);
    this.#sketch(points);
    this.marked.textContent = say(points.length > 1 ? "note_line" : "note_spot");
  }

  #sketch(points) {
    const L = window.L;
    if (this.sketch) this.sketch.remove();
    this.sketch = L.layerGroup([L.polyline(points, { color: COLOUR, weight: 3, interactive: false }),
      L.circleMarker(points[0], { radius: 6, color: COLOUR, fillColor: "#fff", fillOpacity: 1, interactive: false })]).addTo(this.editor.map);
  }

  #unmark() {
    if (this.stop) this.stop();
    if (this.sketch) this.sketch.remove();
    this.sketch = null;
    this.mark = [];
  }

  // ---------------------------------------------------------------- shown to the public

  #tellShown() {
    const { plan } = this.editor, one = this.consultation, frozen = plan.state === "submitted" || plan.state === "approved";
    const open = one && (one.state === "open" || one.state === "coming");
    const buttons = [];
    if (frozen && !open && this.may("approve")) buttons.push(make("button", { type: "button", "data-note": "consult", onclick: (event) => this.#consult(event.currentTarget) }, say("consult_open")));
    if (open && this.may("approve")) buttons.push(make("button", { type: "button", "data-note": "consult-end", onclick: (event) => this.#end(event.currentTarget) }, say("consult_end")));
    if (one && one.state === "open") buttons.push(make("a", { href: `${this.#path}/notice.html?lang=${lang}`, target: "_blank", rel: "noopener" }, say("consult_page")));
    this.place = make("div", {});
    this.shown.replaceChildren(...(one ? [make("p", { class: "notice" }, say("consult_says", one.first_day, one.last_day, say(one.state === "open" ? "consult_running" : `consult_${one.state}`)), make("br"), make("small", {}, one.how))] : []),
      ...(buttons.length ? [make("div", { class: "tools" }, ...buttons)] : []), this.place);
  }

  #consult(opener) {
    const first = make("input", { type: "date", id: "consult-first" }), last = make("input", { type: "date", id: "consult-last" });
    const how = make("textarea", { id: "consult-how", rows: 2, maxlength: 500 }), approval = make("input", { type: "text", id: "consult-approval", maxlength: 500 }), exemption = make("input", { type: "text", id: "consult-exemption", maxlength: 500 });
    const fields = [["consult_first", first], ["consult_last", last], ["consult_how", how], ["consult_approval", approval], ["consult_exemption", exemption]];
    this.#show(this.place, opener, "consult_open", [make("p", { class: "soft" }, say("consult_hint")), ...fields.flatMap(([word, field]) => [make("label", { for: field.id }, say(word)), field])], {
      send: () => ask(`${this.#path}/consultation`, {}, { method: "POST", body: { first_day: first.value, last_day: last.value, how: how.value.trim(), approval: approval.value.trim() || null, exemption: exemption.value.trim() || null } }),
      faults: () => [
        ...[[first, "consult_no_day"], [last, "consult_no_day"], [how, "consult_no_how"]].filter(([field]) => !field.value.trim()).map(([field, word]) => [field, say(word)]),
        ...(Boolean(approval.value.trim()) === Boolean(exemption.value.trim()) ? [[approval, say("consult_no_right")]] : [])],
    });
  }

  #end(opener) {
    const reason = make("textarea", { id: "consult-reason", rows: 2, maxlength: 500 });
    this.#show(this.place, opener, "consult_end", [make("label", { for: reason.id }, say("consult_reason")), reason], {
      send: () => ask(`${this.#path}/consultation/end`, {}, { method: "POST", body: { reason: reason.value.trim() } }),
      faults: () => (reason.value.trim() ? [] : [[reason, say("consult_no_reason")]]),
    });
  }
}
