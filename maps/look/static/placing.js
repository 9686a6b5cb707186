/* Wangge: how names are written in the room there is, and which places are taken. Shared by the map files and the web pages. */
var wanggePlacing = (function () {
  "use strict";

  /** Places for a name, in parts of the radius: the centre, then a small circle, then a wider one. */
  var NEAR_CENTRE = [[0, 0]];
  [0.25, 0.5, 0.7].forEach(function (far) {
    [[0, -1], [0, 1], [-0.8, -0.6], [0.8, -0.6], [-0.8, 0.6], [0.8, 0.6]].forEach(function (way) {
      NEAR_CENTRE.push([way[0] * far, way[1] * far]);
    });
  });

  function shorten(text, most) {
    var letters = Array.from(text);
    return letters.length > most ? letters.slice(0, most - 1).join("") + "…" : text;
  }

  /** A name on one line, or on two of about the same length, none longer than `most` letters. */
  function wrap(text, most) {
    var letters = Array.from(text);
    if (letters.length <= most) { return [text]; }
    var half = Math.ceil(letters.length / 2), space = text.indexOf(" ", half - 4);
    if (space > 0 && space < half + 5) { half = Array.from(text.slice(0, space)).length; }
    return [letters.slice(0, Math.min(half, most)), letters.slice(Math.min(half, most))].map(function (part) {
      return shorten(part.join("").trim(), most);
    });
  }

  /** The ways to write a grid's name where the widest circle inside it has a radius of `px` pixels, best first:
      lines, their size, the width they may take, the places to try (parts of the radius, down), and whether a
      figure may stand below. None where there is no room at all. */
  function gridName(name, px) {
    if (px < 11) { return []; }
    var wide = px > 60, shifts = px > 30 ? [0, 0.45, -0.45] : [0];
    var full = { lines: wrap(name, wide ? 12 : 8), size: wide ? 15 : 13, most: px * 3.1, shifts: shifts, figure: px >= 17 };
    var brief = { lines: wrap(name.replace(/(专属)?网格$/, "") || name, 5), size: 12, most: px * 3.3, shifts: shifts, figure: false };
    return [full, Object.assign({}, full, { figure: false }), brief];
  }

  /** How to write a community's name: from afar where it fits, near by around the centre, where the grids left room. */
  function communityName(name, px, near) {
    if (px < 11.5) { return null; }
    return {
      text: shorten(name, 14), size: near ? 15 : px < 13 ? 12 : 13, spacing: near ? 2 : 0.5, most: near ? undefined : px * 4.5,
      shifts: near ? NEAR_CENTRE : NEAR_CENTRE.slice(0, 7)
    };
  }

  /** Boxes already taken, in a coarse raster so that a look-up touches few of them. */
  function Taken() { this.cells = new Map(); }
  Taken.prototype._each = function (box, visit) {
    for (var x = Math.floor(box[0] / 96); x <= Math.floor(box[2] / 96); x++) {
      for (var y = Math.floor(box[1] / 96); y <= Math.floor(box[3] / 96); y++) {
        if (visit(x + ":" + y)) { return true; }
      }
    }
    return false;
  };
  Taken.prototype.free = function (box) {
    var cells = this.cells;
    return !this._each(box, function (key) {
      return (cells.get(key) || []).some(function (b) {
        return b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1];
      });
    });
  };
  Taken.prototype.take = function (box) {
    var cells = this.cells;
    this._each(box, function (key) {
      if (!cells.has(key)) { cells.set(key, []); }
      cells.get(key).push(box);
    });
  };

  return { shorten: shorten, gridName: gridName, communityName: communityName, Taken: Taken };
})();
