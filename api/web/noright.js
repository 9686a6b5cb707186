/* What somebody sees who may not open a page: that it is so, and where he may go. */

import { make, pageLink } from "./ask.js";
import { frame, pagesOf } from "./shell.js";
import { lang, say, translate } from "./words.js";

translate();
frame().then((now) => {
  const links = pagesOf(now).map(([word, path]) => make("a", { href: pageLink(path) }, say(word)));
  links.push(make("a", { href: pageLink("/account") }, say("account_title")));
  const join = lang === "zh" ? "、" : ", ";
  document.getElementById("open").append(say("may_open"), ...links.flatMap((link, i) => (i ? [join, link] : [link])));
  document.documentElement.dataset.ready = "yes";
});
