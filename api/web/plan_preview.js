/* What an edit would make of a draft, shown on the map and in figures before it is taken. */

import { ask, make } from "./ask.js";
import { css } from "./editor.js";
import { say } from "./words.js";

export class Preview {
  /** Shows in `box`; the editor's map shows the cells that would move. */
  constructor(editor, box) {
    this.editor = editor;
    this.box = box;
    this.asked = 0;
    box.hidden = true;
    box.className = "preview";
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", say("preview_title"));
    box.setAttribute("tabindex", "-1");
  }

  /** Ask what `said` would change and show it. */
  async show(said, title) {
    const { editor } = this, asked = ++this.asked;
    this.#clear();
    this.#fill(make("b", {}, title), make("p", { class: "busy", role: "status" }, say("preview_searching")), this.#tools());
    this.box.focus();
    let found;
    try {
      found = await ask(`/api/plans/${editor.plan.id}/preview`, {}, { method: "POST", body: said, seen: editor.plan.revision });
    } catch (error) {
      if (asked === this.asked) this.#fill(make("b", {}, title), make("p", { class: "notice wrong", role: "alert" }, error.message), this.#tools());
      return;
    }
    if (asked !== this.asked) return; // given up meanwhile
    this.#draw(found);
    this.#fill(make("b", {}, title), ...this.#figures(found), this.#tools(found.cells.length ? found : null));
  }

  /** Give it up. */
  drop() {
    this.asked += 1;
    this.#clear();
    this.box.hidden = true;
  }

  #fill(...parts) {
    this.box.hidden = false;
    this.box.replaceChildren(...parts);
  }

  #tools(found = null) {
    const take = async () => { this.drop(); await this.editor.do(found.take); };
    return make("div", { class: "tools" },
      found ? make("button", { type: "button", class: "first", onclick: take }, say("preview_take")) : null,
      make("button", { type: "button", onclick: () => this.drop() }, say("preview_drop")));
  }

  #figures({ changed, before, gone, moved_households: moved, cells }) {
    if (!cells.length) return [make("p", {}, say("preview_nothing"))];
    const { rules } = this.editor.plan;
    const rows = changed.map((row) => {
      const off = row.kind !== "exclusive" && (row.households < rules.least || row.households > rules.most);
      return make("tr", {}, make("th", { scope: "row" }, row.name), make("td", {}, before[row.code] == null ? say("preview_new") : String(before[row.code])),
        make("td", { class: off ? "off" : "" }, String(row.households)));
    });
    const names = new Map([...this.editor.grids.values()].map((row) => [row.code, row.name]));
    const ended = gone.map((code) => make("tr", {}, make("th", { scope: "row" }, names.get(code) || code), make("td", {}, String(before[code])), make("td", {}, say("preview_gone"))));
    return [make("p", {}, say("preview_moved", moved)), make("table", { class: "figures" },
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, say("layer_grids")), make("th", { scope: "col" }, say("preview_now")), make("th", { scope: "col" }, say("preview_then")))),
      make("tbody", {}, ...rows, ...ended))];
  }

  #draw({ cells, changed, shapes }) {
    const { editor } = this, L = window.L, colours = new Map(changed.map((row) => [row.label, row.colour]));
    for (const [cell, label] of cells) {
      editor.layers.get(cell).setStyle({ fillColor: colours.get(label) >= 0 ? css(`fill-${colours.get(label)}`) : "#ffffff", fillOpacity: 1, color: css("accent"), weight: 2 });
    }
    this.lines = L.geoJSON(shapes, { interactive: false, style: { color: css("accent"), weight: 3.5, dashArray: "7 5", fill: false } }).addTo(editor.map);
    const bounds = this.lines.getBounds();
    if (bounds.isValid() && !editor.map.getBounds().contains(bounds)) editor.map.fitBounds(bounds, { padding: [40, 40], animate: false });
  }

  #clear() {
    if (this.lines) this.lines.remove();
    this.lines = null;
    this.editor.repaint();
  }
}
