/* Wangge: what a reader does with a map: click, keys, legend, print. Text is set by textContent only. */
(function () {
  "use strict";

  var data = wangge.data, words = data.words;
  var MOST_COMPLEXES = 6;

  function element(tag, className, text) {
    var node = document.createElement(tag);
    if (className) { node.className = className; }
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  function number(value) { return value === null ? words.card_unknown : value.toLocaleString("en"); }

  function households(count, estimated) {
    return count !== null && estimated ? "≈" + number(count) + words.card_estimated : number(count);
  }

  /* ------------------------------------------------------------------ the card of a thing */

  function card(kind, title, rows) {
    var box = element("section", "card-of " + kind);
    box.appendChild(element("h2", "", title || words.card_unnamed));
    var list = box.appendChild(element("dl"));
    rows.forEach(function (row) {
      if (row[1] === null || row[1] === undefined || row[1] === "") { return; }
      list.appendChild(element("dt", "", row[0]));
      list.appendChild(element("dd", row[2] || "", row[1]));
    });
    return box;
  }

  function complexList(numbers) {
    var names = numbers.map(function (c) { return data.complexes.name[c]; }).filter(Boolean);
    if (!names.length) { return numbers.length ? number(numbers.length) : words.card_none; }
    var more = names.length > MOST_COMPLEXES ? words.card_and_more.replace("{count}", names.length - MOST_COMPLEXES) : "";
    return names.slice(0, MOST_COMPLEXES).join(words.card_comma) + more;
  }

  function verdict(i) {
    var state = data.grids.state[i], bounds = data.bounds;
    if (state === "below") { return "↓ " + words.card_below_bound.replace("{bound}", bounds[0]); }
    if (state === "above") { return "↑ " + words.card_above_bound.replace("{bound}", bounds[1]); }
    return state === "stray" ? "✕ " + words.card_stray : "";
  }

  function gridCard(i) {
    var grids = data.grids, counted = grids.households.some(function (count) { return count !== null; }); // else it is a page without people
    var box = card("grid", grids.name[i], [
      [words.card_code, grids.code[i], "code"],
      [words.card_kind, words.gridKinds[grids.kind[i]] || grids.kind[i]],
      [words.card_community, grids.community[i] === null ? words.card_unknown : data.communities.name[grids.community[i]]],
      [words.card_households, counted ? households(grids.households[i], grids.estimated[i]) : ""],
      [words.card_people, counted ? number(grids.people[i]) : ""],
      [words.card_buildings, number(grids.buildings[i])],
      [words.card_complexes, complexList(grids.complexes[i])],
      [words.card_came, data.changes ? data.changes.came[i] : ""],
      [words.card_went, data.changes ? data.changes.went[i] : ""]
    ]);
    if (verdict(i)) { box.appendChild(element("p", "verdict " + grids.state[i], verdict(i))); }
    if (grids.reason[i]) { box.appendChild(element("p", "why", grids.reason[i])); }
    return box;
  }

  function buildingCard(i) {
    var b = data.buildings, box = card("building", b.name[i] || words.card_building, [
      [words.card_use, b.use[i] ? words.uses[b.use[i]] : unknownUse(b.sure[i])],
      [words.card_complex, b.complex[i] === null ? "" : data.complexes.name[b.complex[i]]],
      [words.card_households, b.households[i] === null ? "" : households(b.households[i], b.estimated[i])],
      [words.card_levels, b.levels[i]],
      [words.card_old_grid, data.changes ? data.changes.old[i] : ""],
      [words.card_members, member(i) < 0 ? "" : data.members.told[member(i)]],
      [words.card_centre, member(i) < 0 || !data.members.centre[member(i)] ? "" : words.card_yes],
      [words.card_walk, walk(i)],
      [words.card_nearest, data.reach ? data.reach.nearest[i] : ""]
    ]);
    if (b.parts && b.parts[i]) { box.appendChild(partsTable(b.parts[i])); }
    return box;
  }

  /** The micro-grids inside a building. */
  function partsTable(parts) {
    var table = element("table", "parts"), head = table.createTHead().insertRow(), body = table.createTBody();
    [words.card_micro, words.card_place, words.card_households].forEach(function (word) {
      head.appendChild(element("th", "", word));
    });
    parts.forEach(function (part) {
      var row = body.insertRow();
      [part[0], part[2], number(part[3])].forEach(function (text) { row.appendChild(element("td", "", text)); });
      row.title = part[1];
    });
    return table;
  }

  /** A building whose use nobody knows: how sure it is that people live there. */
  function unknownUse(sure) {
    return sure === null ? "" : words.card_unknown_use.replace("{sure}", sure);
  }

  function member(i) { return data.members ? data.members.row.indexOf(i) : -1; }

  /** Minutes to the nearest station; nobody lives in a building without a value. */
  function walk(i) {
    if (!data.reach || data.reach.minutes[i] === null) { return ""; }
    return data.reach.minutes[i] < 0 ? words.card_no_way : words.card_minutes.replace("{count}", number(data.reach.minutes[i]));
  }

  function stationCard(i) {
    var s = data.stations;
    return card("station", s.name[i], [
      [words.card_kind, words.stationKinds[s.kind[i]]],
      [words.card_floor_area, s.area[i] === null ? "" : number(s.area[i]) + " m²"],
      [words.card_opening_hours, s.hours[i]],
      [words.card_served, data.reach && data.reach.served.length ? number(data.reach.served[i]) : ""]
    ]);
  }

  /** How many listed households of a place were tied to a building. */
  function rateCard(i) {
    var told = data.rates.told[i], place = data[data.rates.layer];
    return card("rate", place.name[i], [
      [words.card_code, place.code ? place.code[i] : "", "code"],
      [words.card_matched, told.length ? told[0] + " / " + told[1] : words.card_none],
      [words.card_rate, told.length ? told[2] || words.card_too_few : ""],
      [words.card_open, data.rates.open[i] ? words.card_yes : ""]
    ]);
  }

  /* ------------------------------------------------------------------ asking the map */

  function stationNear(map, latlng) {
    var here = map.latLngToContainerPoint(latlng), best = -1, least = 15;
    data.stations.at.forEach(function (at, i) {
      var place = L.latLng(data.origin[1] + at[1] * data.step, data.origin[0] + at[0] * data.step);
      var gap = map.latLngToContainerPoint(place).distanceTo(here);
      if (gap < least) { least = gap; best = i; }
    });
    return best;
  }

  /** What lies at a place, nearest thing first; nothing is built before it is asked for. */
  function describe(map, latlng) {
    var scene = wangge.scene, on = scene.visible, cards = document.createDocumentFragment();
    var x = (latlng.lng - data.origin[0]) / data.step, y = (latlng.lat - data.origin[1]) / data.step;
    var world = wangge.toWorld(x, y);
    var station = on.stations ? stationNear(map, latlng) : -1;
    var building = on.buildings && scene.drawn.buildings ? wangge.featureAt(scene.shapes.buildings, world[0], world[1]) : -1;
    var grid = on.grids || on.labels ? wangge.featureAt(scene.shapes.grids, world[0], world[1]) : -1;
    if (station >= 0) { cards.appendChild(stationCard(station)); }
    if (building >= 0) { cards.appendChild(buildingCard(building)); }
    if (grid >= 0 && !data.rates) { cards.appendChild(gridCard(grid)); }
    var rated = on.rates ? wangge.featureAt(scene.shapes[data.rates.layer], world[0], world[1]) : -1;
    if (rated >= 0) { cards.appendChild(rateCard(rated)); }
    scene.select(grid >= 0 ? grid : null);
    return cards.childNodes.length ? cards : null;
  }

  function open(map, latlng, cards) {
    var inside = element("div", "cards");
    inside.appendChild(cards);
    var popup = L.popup({
      maxWidth: 300, minWidth: 220, maxHeight: 420,
      autoPanPaddingTopLeft: [leftRoom() + 20, 12], autoPanPaddingBottomRight: [rightRoom() + 12, 12]
    }).setLatLng(latlng).setContent(inside).openOn(map);
    var close = popup.getElement().querySelector(".leaflet-popup-close-button");
    close.removeAttribute("href");
    close.setAttribute("tabindex", "0");
    close.setAttribute("aria-label", words.close);
    close.addEventListener("keydown", function (event) {
      if (event.key === "Enter" || event.key === " ") { map.closePopup(); map.getContainer().focus(); }
    });
  }

  function ask(map, latlng) {
    var cards = describe(map, latlng);
    if (cards) { open(map, latlng, cards); } else { map.closePopup(); }
  }

  function listenToMap(map) {
    map.on("click", function (event) { ask(map, event.latlng); });
    map.on("popupclose", function () { wangge.scene.select(null); });
    map.getContainer().addEventListener("keydown", function (event) {
      if (event.key === "Enter" && event.target === map.getContainer()) { ask(map, map.getCenter()); }
    });
    map.getContainer().setAttribute("role", "application");
    map.getContainer().setAttribute("aria-label", words.map_label);
  }

  /* ------------------------------------------------------------------ going to a place */

  function boundsOf(shapes, f) {
    function lng(x) { return x * 360 - 180; }
    function lat(y) { return Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180 / Math.PI; }
    var b = shapes.box;
    return L.latLngBounds([lat(b[4 * f + 3]), lng(b[4 * f])], [lat(b[4 * f + 1]), lng(b[4 * f + 2])]);
  }

  function go(map, entry) {
    map.closePopup();
    wangge.tell(entry.key);
    fit(map, boundsOf(wangge.scene.shapes[entry.layer], entry.i).pad(entry.layer === "grids" ? 0.6 : 0.15));
    if (data.rates && data.rates.layer === entry.layer) {
      open(map, map.getCenter(), rateCard(entry.i));
    } else if (entry.layer === "grids") {
      var a = data.grids.anchor[entry.i];
      var at = L.latLng(data.origin[1] + a[1] * data.step, data.origin[0] + a[0] * data.step);
      open(map, at, gridCard(entry.i));
      wangge.scene.select(entry.i);
    }
  }

  /* ------------------------------------------------------------------ frame: legend, buttons, print */

  function leftRoom() {
    var head = document.getElementById("head");
    return window.innerWidth > 900 ? head.offsetWidth + 12 : 0;
  }

  function rightRoom() {
    var layers = document.querySelector(".leaflet-control-layers");
    return window.innerWidth > 900 && layers ? layers.offsetWidth + 12 : 0;
  }

  function fit(map, bounds) {
    map.fitBounds(bounds, {
      paddingTopLeft: [leftRoom() + 24, 24], paddingBottomRight: [rightRoom() + 24, 40], maxZoom: 18.5, animate: false
    });
  }

  /** The legend shows what is drawn: rows of hidden layers go, rows waiting for a closer look say so. */
  function keepLegendTrue() {
    var scene = wangge.scene;
    document.querySelectorAll("#legend [data-layer]").forEach(function (row) {
      var layer = row.getAttribute("data-layer");
      row.hidden = !scene.visible[layer];
      row.classList.toggle("waiting", scene.drawn[layer] === false);
    });
    document.querySelectorAll("#legend .group").forEach(function (group) {
      group.hidden = !group.querySelector(".row:not([hidden])");
    });
  }

  /** Drawn, not typed: the glyphs of a minus or a printer are missing from many fonts. */
  function icon(path) {
    var svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 18 18");
    svg.setAttribute("aria-hidden", "true");
    svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path")).setAttribute("d", path);
    return svg;
  }

  function buttons(map, bounds) {
    var bar = L.control({ position: "bottomright" });
    bar.onAdd = function () {
      var box = element("div", "leaflet-bar buttons");
      [
        ["M9 3v12M3 9h12", words.zoom_in, function () { map.zoomIn(); }],
        ["M3 9h12", words.zoom_out, function () { map.zoomOut(); }],
        ["M3 7V3h4M11 3h4v4M15 11v4h-4M7 15H3v-4", words.whole, function () { map.closePopup(); fit(map, bounds); }],
        ["M5 7V2.5h8V7M5 13H2.5V7h13v6H13M5 11h8v4.5H5z", words.print, function () { window.print(); }]
      ].forEach(function (entry) {
        var button = box.appendChild(element("button"));
        button.appendChild(icon(entry[0]));
        button.type = "button";
        button.title = entry[1];
        button.setAttribute("aria-label", entry[1]);
        button.addEventListener("click", entry[2]);
      });
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    bar.addTo(map);
  }

  /** On paper the map takes the shape of the sheet and is drawn finer; afterwards everything is as before. */
  function listenToPrint(map) {
    var before = null;
    function toPaper() {
      if (before) { return; }
      var size = map.getSize(), left = leftRoom();
      var free = L.latLngBounds(
        map.containerPointToLatLng([left, size.y]), map.containerPointToLatLng([size.x - rightRoom(), 0])
      );
      before = { centre: map.getCenter(), zoom: map.getZoom(), ratio: wangge.scene.ratio };
      document.documentElement.classList.add("on-paper");
      wangge.scene.ratio = 3;
      map.invalidateSize({ animate: false, pan: false });
      map.fitBounds(free, { paddingTopLeft: [left, 0], animate: false });
      wangge.scene._update();
    }
    function toScreen() {
      if (!before) { return; }
      var was = before;
      before = null;
      document.documentElement.classList.remove("on-paper");
      wangge.scene.ratio = was.ratio;
      map.invalidateSize({ animate: false, pan: false });
      map.setView(was.centre, was.zoom, { animate: false });
      wangge.scene._update();
    }
    window.addEventListener("beforeprint", toPaper);
    window.addEventListener("afterprint", toScreen);
  }

  /** Called last: fit the map beside its cards and start listening. */
  wangge.ready = function (map, corners) {
    var bounds = L.latLngBounds(corners);
    L.control.scale({ imperial: false, position: "bottomright", maxWidth: 140 }).addTo(map);
    buttons(map, bounds);
    var layers = document.querySelector(".leaflet-control-layers-list");
    if (layers) { layers.insertBefore(element("h2", "", words.layers), layers.firstChild); }
    wangge.scene.on("drawn", keepLegendTrue);
    fit(map, bounds);
    listenToMap(map);
    listenToPrint(map);
    wangge.scene.redraw();
    wangge.listenToSearch(function (entry) { go(map, entry); });
    document.documentElement.setAttribute("data-ready", "yes");
  };
})();
