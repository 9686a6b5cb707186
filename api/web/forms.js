/* What forms share: faults told in one place and at their field, and the way back to where somebody wanted to go. */

import { make } from "./ask.js";

/** Where the address of this page says to go on to; only pages of this server. */
export function wayBack() {
  try {
    const url = new URL(new URLSearchParams(location.search).get("next") || "/", location.origin);
    return url.origin === location.origin ? url.pathname + url.search + url.hash : "/";
  } catch {
    return "/";
  }
}

/** Tell faults ([field, text], the field null for one of none) above the form, mark the fields, and go to the first. */
export function tellFaults(summary, faults) {
  const form = summary.closest("form");
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  summary.hidden = !faults.length;
  summary.replaceChildren(...faults.map(([field, text]) => make("p", {}, field ? make("a", { href: `#${field.id}`,
    onclick: (event) => { event.preventDefault(); field.focus(); } }, text) : text)));
  for (const [field] of faults) if (field) field.setAttribute("aria-invalid", "true");
  if (faults.length) (faults[0][0] || summary).focus();
}

/** Run `work` while the button of the form is out of use and says `doing`. */
export async function whileBusy(button, doing, work) {
  const said = button.textContent;
  button.disabled = true;
  button.textContent = doing;
  try {
    await work();
  } finally {
    button.disabled = false;
    button.textContent = said;
  }
}
