/* A new draft: what it starts from, and where the engine draws several, these side by side. */

import { ask, make, pageLink } from "./ask.js";
import { tellFaults, whileBusy } from "./forms.js";
import { places } from "./shell.js";
import { say } from "./words.js";

const TEMPLATES = ["today", "generated", "empty", "net"];

/** A form that makes drafts; `plans` are those there are. */
export function newDraft(plans) {
  const communities = new Map(plans.map((plan) => [plan.community_code, plan.community || plan.community_code]));
  const list = make("datalist", { id: "new-communities" }, ...[...communities].map(([code, name]) => make("option", { value: code }, name)));
  const community = make("input", { id: "new-community", type: "text", list: list.id, inputmode: "numeric", maxlength: 12, autocomplete: "off" });
  const called = make("span", { class: "soft" });
  const tellName = () => { called.textContent = communities.get(community.value.trim()) || ""; };
  const offer = () => {
    if (communities.size === 1 && !community.value) community.value = [...communities.keys()][0];
    tellName();
  };
  community.addEventListener("input", tellName);
  offer();
  places().then((found) => {  // before the first plan there is nothing else to choose from
    for (const { code, name } of found) {
      if (code.length !== 12 || communities.has(code)) continue;
      communities.set(code, name);
      list.append(make("option", { value: code }, name));
    }
    offer();
  });
  const number = (id, value, most) => make("input", { id, type: "number", min: 1, max: most, value });
  const net = make("input", { id: "new-net", type: "text", maxlength: 40 }), several = number("new-alternatives", 3, 8), grids = number("new-grids", null, 999);
  const near = make("input", { id: "new-near", type: "checkbox" });
  const rules = make("select", { id: "new-rules" }), ofRules = make("div", { hidden: true }, make("label", { for: rules.id }, say("new_rules")), rules);
  const drawn = make("div", { hidden: true }, make("label", { for: several.id }, say("new_alternatives")), several, make("label", { for: grids.id }, say("new_number")), grids,
    make("p", {}, near, make("label", { for: near.id }, say("new_near"))));
  const ofNet = make("div", { hidden: true }, make("label", { for: net.id }, say("new_net")), net);
  const radios = TEMPLATES.map((name) => make("p", {}, make("input", { type: "radio", id: `new-${name}`, name: "new-template", value: name, checked: name === "today", onchange: () => {
    drawn.hidden = name !== "generated";
    ofNet.hidden = name !== "net";
    ofRules.hidden = name === "today";  // a copy keeps its own
  } }), make("label", { for: `new-${name}` }, say(`template_${name}`))));
  const faults = make("div", { class: "faults", tabindex: "-1", hidden: true, role: "alert" }), answer = make("div", {}), button = make("button", { class: "first" }, say("new_make"));
  const form = make("form", { class: "inline-form", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    const template = form.querySelector("[name=new-template]:checked").value, code = community.value.trim();
    const missing = [];
    if (!/^\d{12}$/.test(code)) missing.push([community, say("new_code_missing")]);
    if (template === "net" && !net.value.trim()) missing.push([net, say("new_net_missing")]);
    tellFaults(faults, missing);
    if (missing.length) return;
    const body = { community: code, template };
    if (template === "net") body.net = net.value.trim();
    if (template !== "today" && rules.value) body.rules = rules.value;
    if (template === "generated") Object.assign(body, { alternatives: Number(several.value) || 1, grids: Number(grids.value) || null, from_current: near.checked });
    answer.replaceChildren();
    await whileBusy(button, say(template === "generated" ? "new_drawing" : "plan_saving"), async () => {
      try {
        const made = await ask("/api/plans", {}, { method: "POST", body });
        if (made.choice.length > 1) answer.replaceChildren(...choice(made)); else location.assign(planLink(made.plan));
      } catch (error) { tellFaults(faults, [[null, error.message]]); }
    });
  } }, faults, make("label", { for: community.id }, say("new_community")), community, list, called, make("fieldset", {}, make("legend", {}, say("new_from")), ...radios,
    make("p", { class: "soft" }, make("a", { href: pageLink("/data") }, say("template_file")))), ofRules, drawn, ofNet,
  make("div", { class: "tools" }, button), answer);
  return make("details", { class: "new-draft", ontoggle: (event) => { if (event.target.open && !rules.length) listRules(rules); } }, make("summary", {}, say("new_title")), form);
}

/** The rules of this server; without them those it takes by itself. */
async function listRules(box) {
  const found = await ask("/api/rules").catch(() => ({ rules: [] }));
  box.replaceChildren(...found.rules.map((one) => make("option", { value: one.name, selected: one.default }, one.title)));
}

const planLink = (id) => pageLink("/plans", { plan: id });

/** Several drafts beside each other; one is opened and then edited. */
function choice({ plan, choice: rows }) {
  const heads = ["new_aim", "layer_grids", "new_over", "new_split", "new_moved", "new_open"];
  return [make("p", { role: "status" }, say("new_choose", rows.length)), make("table", { class: "figures" },
    make("thead", {}, make("tr", {}, ...heads.map((word) => make("th", { scope: "col" }, say(word))))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, make("th", { scope: "row" }, row.title || say("plan_number", row.plan, ""), row.plan === plan ? ` · ${say("new_best")}` : ""),
      ...[row.grids, row.over + row.under, row.complexes_split ?? "—", row.moved_households ?? "—"].map((value) => make("td", {}, String(value))),
      make("td", {}, make("a", { href: planLink(row.plan) }, say("new_open_it", row.plan)))))))];
}
