/* Settings that may change while the server runs, on the page 管理. */

import { make } from "./ask.js";
import { say } from "./words.js";

/** The form, as the settings are. */
export const settingFields = (now) => (now === null ? [] : [
  make("label", {}, say("set_public")),
  make("div", { class: "checks", id: "public" }, ...["lookup", "display"].map((right) =>
    make("label", {}, make("input", { type: "checkbox", value: right, checked: now.public.includes(right) }), say(`right_${right}`)))),
  make("p", { class: "soft small" }, say(now.public_of_server ? "set_public_of_server" : "set_public_note")),
  make("label", { for: "idle" }, say("set_idle")),
  make("input", { id: "idle", type: "number", min: 5, max: 120, value: now.idle_minutes }),
  make("label", { for: "notice" }, say("set_notice")),
  make("input", { id: "notice", maxlength: 200, value: now.notice, placeholder: say("set_notice_hint") }),
  make("p", {}, make("button", { type: "submit", class: "main" }, say("keep_settings"))),
]);

/** What the form says, and what is wrong with it: [body, faults]. */
export function readSettings(fields) {
  const idle = fields.querySelector("#idle"), boxes = [...fields.querySelectorAll("#public input")];
  const faults = idle.checkValidity() && idle.value ? [] : [[idle, say("idle_wrong")]];
  return [{ public: boxes.filter((box) => box.checked).map((box) => box.value), idle_minutes: Number(idle.value),
    notice: fields.querySelector("#notice").value.trim() }, faults];
}
