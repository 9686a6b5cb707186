/* Wangge: finding a place by name, code, pinyin or initials, by choosing a community, or by the fragment of the address. */
(function () {
  "use strict";

  var data = wangge.data, words = data.words;
  var MOST_RESULTS = 30;

  function element(tag, text) {
    var node = document.createElement(tag);
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  /** Everything that can be found: text to match, line to show, the grid and place it leads to. */
  function findable() {
    var all = data.grids.code.map(function (code, i) {
      var community = data.grids.community[i], place = community === null ? "" : data.communities.name[community];
      return { text: [data.grids.name[i], code, place, data.grids.sound[i]].join(" "), key: code, name: data.grids.name[i] || code, note: place, layer: "grids", i: i };
    });
    ["communities", "complexes"].forEach(function (layer) {
      data[layer].name.forEach(function (name, i) {
        if (name) { all.push({ text: name + " " + data[layer].sound[i], key: (data[layer].code || data[layer].name)[i], name: name, note: layer === "complexes" ? words.card_complex : words.card_community, layer: layer, i: i }); }
      });
    });
    all.forEach(function (entry) { entry.text = entry.text.toLowerCase(); });
    return all;
  }

  /** Keep what is looked at in the fragment, so that the address leads back to it. */
  wangge.tell = function (key) {
    try { history.replaceState(null, "", "#" + encodeURIComponent(key)); } catch (refused) { location.hash = encodeURIComponent(key); }
  };

  /** Go to the grid, community or complex that the fragment names; whether there is one. */
  function follow(all, go) {
    var wanted = "";
    try { wanted = decodeURIComponent(location.hash.slice(1)); } catch (broken) { return; }
    var found = wanted && all.filter(function (entry) { return entry.key === wanted; })[0];
    if (found) { go(found); }
  }

  /** The communities to choose from, where there are several. */
  function chooser(all, go) {
    var communities = all.filter(function (entry) { return entry.layer === "communities"; });
    if (communities.length < 2) { return; }
    var select = element("select");
    select.setAttribute("aria-label", words.choose_community);
    select.appendChild(element("option", words.choose_community)).value = "";
    communities.forEach(function (entry, i) { select.appendChild(element("option", entry.name)).value = String(i); });
    select.addEventListener("change", function () { if (select.value) { go(communities[Number(select.value)]); } });
    document.getElementById("search").appendChild(select);
  }

  function listenToBox(all, go) {
    var box = document.getElementById("search"), input = box.querySelector("input"), list = box.querySelector("ul");
    function clear() { list.replaceChildren(); }
    function note(text) { list.appendChild(element("li", text)).className = "note"; }
    function fill() {
      clear();
      var wanted = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      if (!wanted.length) { return; }
      var hits = all.filter(function (entry) { return wanted.every(function (part) { return entry.text.indexOf(part) >= 0; }); });
      hits.slice(0, MOST_RESULTS).forEach(function (entry) {
        var button = list.appendChild(element("li")).appendChild(element("button", entry.name));
        button.type = "button";
        button.appendChild(element("small", entry.note));
        button.addEventListener("click", function () { clear(); input.value = entry.name; go(entry); });
      });
      if (!hits.length) { note(words.search_none); }
      if (hits.length > MOST_RESULTS) {
        note(words.search_more.replace("{count}", hits.length - MOST_RESULTS));
      }
    }
    input.addEventListener("input", fill);
    box.addEventListener("keydown", function (event) {
      var buttons = Array.from(list.querySelectorAll("button")), at = buttons.indexOf(document.activeElement);
      if (event.key === "Escape") { clear(); input.focus(); }
      if (event.key === "Enter" && document.activeElement === input && buttons.length) { buttons[0].click(); }
      if (event.key === "ArrowDown" && buttons.length) { buttons[Math.min(at + 1, buttons.length - 1)].focus(); event.preventDefault(); }
      if (event.key === "ArrowUp" && at >= 0) { (at ? buttons[at - 1] : input).focus(); event.preventDefault(); }
    });
  }

  /** Listen to the search box, and follow the fragment now and whenever it changes; `go` shows what was found. */
  wangge.listenToSearch = function (go) {
    var all = findable();
    listenToBox(all, go);
    chooser(all, go);
    follow(all, go);
    window.addEventListener("hashchange", function () { follow(all, go); });
  };
})();
