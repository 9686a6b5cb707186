/* Wangge: names on the canvas. Greedy: the more important name takes its place first, the rest yields. */
(function () {
  "use strict";

  var data = wangge.data, style = data.style, words = data.words;
  var shorten = wanggePlacing.shorten;
  var FEWEST_NAMED = 1 / 3;

  function font(size, bold) { return (bold ? "600 " : "400 ") + size + "px " + style.font; }

  /* ------------------------------------------------------------------ what may be named */

  /** Anchors of a layer in world units, biggest first. */
  function anchored(layer) {
    return layer.anchor.map(function (a, i) {
      var w = wangge.toWorld(a[0], a[1]);
      return { i: i, x: w[0], y: w[1], metres: a[2] };
    }).sort(function (a, b) { return b.metres - a.metres || a.i - b.i; });
  }

  /** The longest nearly straight run of a line, in world units. */
  function straightRun(shapes, f) {
    var best = null, bestLength = 0;
    for (var r = shapes.featureAt[f]; r < shapes.featureAt[f + 1]; r++) {
      var from = shapes.ringAt[r], heading = null;
      for (var i = from + 1; i < shapes.ringAt[r + 1]; i++) {
        var here = Math.atan2(shapes.xy[2 * i + 1] - shapes.xy[2 * i - 1], shapes.xy[2 * i] - shapes.xy[2 * i - 2]);
        if (heading === null) { heading = here; }
        if (Math.abs(Math.sin((here - heading) / 2)) > 0.09) { from = i - 1; heading = here; }
        var dx = shapes.xy[2 * i] - shapes.xy[2 * from], dy = shapes.xy[2 * i + 1] - shapes.xy[2 * from + 1];
        if (dx * dx + dy * dy > bestLength) {
          bestLength = dx * dx + dy * dy;
          best = { x: shapes.xy[2 * from] + dx / 2, y: shapes.xy[2 * from + 1] + dy / 2, dx: dx, dy: dy };
        }
      }
    }
    if (best) { best.length = Math.sqrt(bestLength); }
    return best;
  }

  var sources = null;
  function prepare(scene) {
    var roads = [];
    data.roads.name.forEach(function (name, f) {
      var run = name && ["footway", "wall"].indexOf(data.roads["class"][f]) < 0 && straightRun(scene.shapes.roads, f);
      if (run) { run.name = name; run.rank = data.roads.rank[f]; roads.push(run); }
    });
    roads.sort(function (a, b) { return a.rank - b.rank || b.length - a.length; });
    sources = {
      communities: anchored(data.communities), grids: anchored(data.grids), complexes: anchored(data.complexes),
      water: anchored(data.water), roads: roads,
      stations: data.stations.at.map(function (at) { return wangge.toWorld(at[0], at[1]); })
    };
  }

  /** "≈412 户 ↑": what stands under a grid's name. */
  function gridCount(i) {
    var households = data.grids.households[i], exclusive = data.grids.kind[i] === "exclusive";
    var mark = { below: "↓", above: "↑", stray: "✕" }[data.grids.state[i]];
    var parts = [];
    if (households || (households === 0 && !exclusive)) {
      parts.push((data.grids.estimated[i] ? "≈" : "") + words.card_hh.replace("{count}", households.toLocaleString("en")));
    }
    if (exclusive && data.grids.name[i].indexOf(words.card_exclusive) < 0) { parts.push((parts.length ? "· " : "") + words.card_exclusive); }
    if (mark) { parts.push(mark); }
    return parts.join(" ");
  }

  /* ------------------------------------------------------------------ placing */

  function Placing(ctx, view) {
    this.ctx = ctx; this.view = view; this.taken = new wanggePlacing.Taken(); this.boxes = [];
  }

  Placing.prototype.at = function (anchor) {
    var view = this.view;
    if (anchor.x < view.west || anchor.x > view.east || anchor.y < view.north || anchor.y > view.south) { return null; }
    return [anchor.x * view.scale - view.left, anchor.y * view.scale - view.top];
  };

  /** Lines of {text, size, bold, colour}, centred on x, y. Drawn and true when there is room. */
  Placing.prototype.put = function (lines, x, y, most) {
    var ctx = this.ctx, width = 0, height = 0;
    lines.forEach(function (line) {
      ctx.font = font(line.size, line.bold);
      width = Math.max(width, ctx.measureText(line.text).width + (line.spacing || 0) * line.text.length);
      height += line.size * 1.3;
    });
    if (most !== undefined && width > most) { return false; }
    var box = [x - width / 2 - 3, y - height / 2 - 1, x + width / 2 + 3, y + height / 2 + 1];
    if (!this.taken.free(box)) { return false; }
    this.taken.take(box);
    var top = y - height / 2;
    lines.forEach(function (line) {
      write(ctx, line, x, top + line.size * 0.65);
      top += line.size * 1.3;
    });
    this.boxes.push(box);
    return true;
  };

  function write(ctx, line, x, y) {
    ctx.font = font(line.size, line.bold);
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    if ("letterSpacing" in ctx) { ctx.letterSpacing = (line.spacing || 0) + "px"; }
    ctx.lineWidth = line.halo || 3.5;
    ctx.strokeStyle = "rgba(255,255,255,0.92)";
    ctx.strokeText(line.text, x, y);
    ctx.fillStyle = line.colour;
    ctx.fillText(line.text, x, y);
    if ("letterSpacing" in ctx) { ctx.letterSpacing = "0px"; }
  }

  /** From afar communities are named first, or none where few have room: three names among a hundred tell nobody anything. Near
      by they take the room the grids have left, close to the centre. */
  function communityNames(placing, near) {
    var there = sources.communities.filter(function (anchor) { return placing.at(anchor); });
    var roomy = there.map(function (anchor) {
      var px = anchor.metres * placing.view.pxPerMetre;
      return { at: placing.at(anchor), px: px, way: wanggePlacing.communityName(data.communities.name[anchor.i], px, near) };
    }).filter(function (one) { return one.way; });
    if (!near && roomy.length < there.length * FEWEST_NAMED) { return; }
    roomy.forEach(function (one) {
      var way = one.way, at = one.at;
      var line = { text: way.text, size: way.size, bold: true, spacing: way.spacing, colour: style.community.text, halo: 4 };
      way.shifts.some(function (shift) {
        return placing.put([line], at[0] + shift[0] * one.px, at[1] + shift[1] * one.px, way.most);
      });
    });
  }

  function gridNames(placing) {
    sources.grids.forEach(function (anchor) {
      var px = anchor.metres * placing.view.pxPerMetre, at = placing.at(anchor);
      if (!at) { return; }
      var name = data.grids.name[anchor.i] || data.grids.code[anchor.i], count = gridCount(anchor.i);
      var bad = { below: style.amber, above: style.amber, stray: style.red }[data.grids.state[anchor.i]];
      var figure = count ? [{ text: count, size: 12, bold: Boolean(bad), colour: bad || style.softInk }] : [];
      wanggePlacing.gridName(name, px).some(function (way) {
        var lines = way.lines.map(function (text) { return { text: text, size: way.size, bold: true, colour: style.ink }; });
        return way.shifts.some(function (shift) {
          return placing.put(way.figure ? lines.concat(figure) : lines, at[0], at[1] + shift * px, way.most);
        });
      });
    });
  }

  function complexNames(placing) {
    if (placing.view.zoom < 15.5) { return; }
    sources.complexes.forEach(function (anchor) {
      var px = anchor.metres * placing.view.pxPerMetre, at = placing.at(anchor), name = data.complexes.name[anchor.i];
      if (!at || !name || px < 16) { return; }
      var line = { text: shorten(name, 12), size: 12, colour: style.complex.text };
      [0, 0.62, -0.62].some(function (shift) {
        return placing.put([line], at[0], at[1] + shift * Math.max(px, 40), px * 3.2);
      });
    });
  }

  function waterNames(placing) {
    sources.water.forEach(function (anchor) {
      var px = anchor.metres * placing.view.pxPerMetre, at = placing.at(anchor), name = data.water.name[anchor.i];
      if (at && name && px >= 5) {
        placing.put([{ text: shorten(name, 10), size: 12, spacing: 3, colour: style.water.text }], at[0], at[1]);
      }
    });
  }

  function roadNames(placing) {
    var view = placing.view, ctx = placing.ctx, byName = {};
    if (view.zoom < 13.5) { return; }
    sources.roads.forEach(function (road) {
      var at = placing.at(road), text = shorten(road.name, 14);
      if (!at || (road.rank > 4 && view.zoom < 16)) { return; }
      ctx.font = font(12, false);
      var width = ctx.measureText(text).width + text.length;
      if (road.length * view.scale < width + 24) { return; }
      var near = (byName[text] || []).some(function (p) { return Math.hypot(p[0] - at[0], p[1] - at[1]) < 320; });
      if (near) { return; }
      var angle = Math.atan2(road.dy, road.dx);
      if (angle > Math.PI / 2 + 0.01) { angle -= Math.PI; } else if (angle <= -Math.PI / 2 + 0.01) { angle += Math.PI; }
      var halfX = (Math.abs(Math.cos(angle)) * width + Math.abs(Math.sin(angle)) * 14) / 2;
      var halfY = (Math.abs(Math.sin(angle)) * width + Math.abs(Math.cos(angle)) * 14) / 2;
      var box = [at[0] - halfX, at[1] - halfY, at[0] + halfX, at[1] + halfY];
      if (!placing.taken.free(box)) { return; }
      placing.taken.take(box);
      (byName[text] = byName[text] || []).push(at);
      ctx.save();
      ctx.translate(at[0], at[1]);
      ctx.rotate(angle);
      write(ctx, { text: text, size: 12, spacing: 1, colour: style.roadText, halo: 3 }, 0, 0);
      ctx.restore();
    });
  }

  function buildingNames(placing, scene) {
    if (placing.view.zoom < 17.25) { return; }
    var view = placing.view, box = scene.shapes.buildings.box;
    data.buildings.name.forEach(function (name, f) {
      var middle = { x: (box[4 * f] + box[4 * f + 2]) / 2, y: (box[4 * f + 1] + box[4 * f + 3]) / 2 };
      var at = name && placing.at(middle);
      if (!at) { return; }
      var room = (box[4 * f + 2] - box[4 * f]) * view.scale;
      placing.put([{ text: shorten(name, 8), size: 12, colour: style.softInk, halo: 2.5 }], at[0], at[1], room * 1.5);
    });
  }

  function stations(placing) {
    var ctx = placing.ctx, near = placing.view.zoom >= style.namesFromZoom, half = near ? 11 : 4;
    sources.stations.forEach(function (world, i) {
      var at = placing.at({ x: world[0], y: world[1] });
      if (!at) { return; }
      ctx.beginPath();
      ctx.moveTo(at[0], at[1] - half * 1.15);
      ctx.lineTo(at[0] + half * 1.1, at[1] + half * 0.85);
      ctx.lineTo(at[0] - half * 1.1, at[1] + half * 0.85);
      ctx.closePath();
      ctx.lineWidth = near ? 3 : 2;
      ctx.strokeStyle = "#fff";
      ctx.stroke();
      ctx.fillStyle = style.red;
      ctx.fill();
      if (near) {
        ctx.font = font(12, true);
        ctx.textAlign = "left";
        ctx.textBaseline = "middle";
        ctx.lineWidth = 3.5;
        var letter = words.stationLetters[data.stations.kind[i]];
        ctx.strokeText(letter, at[0] + half + 2, at[1] + 2);
        ctx.fillText(letter, at[0] + half + 2, at[1] + 2);
      }
      if (near) { placing.taken.take([at[0] - half - 1, at[1] - half - 1, at[0] + half + 15, at[1] + half]); }
    });
  }

  /** No name stands half under a card of the page. */
  function keepClearOfCards(placing, scene) {
    var frame = scene._container.getBoundingClientRect();
    document.querySelectorAll(".card, .leaflet-control-layers, .leaflet-control-scale, .buttons, .over-map, .station, #credit").forEach(function (card) {
      var b = card.getBoundingClientRect();
      if (b.width) { placing.taken.take([b.left - frame.left, b.top - frame.top, b.right - frame.left, b.bottom - frame.top]); }
    });
  }

  /** Draw the names of the layers that are on. Called by the scene at the end of each drawing. */
  wangge.drawNames = function (ctx, view, scene) {
    if (!sources) { prepare(scene); }
    var placing = new Placing(ctx, view), on = scene.visible, near = view.zoom >= style.namesFromZoom;
    ctx.lineJoin = "round";
    keepClearOfCards(placing, scene);
    if (on.stations) { stations(placing); }
    if (on.communities && !near) { communityNames(placing, false); }
    if (on.labels && near) { gridNames(placing); }
    if (on.complexes) { complexNames(placing); }
    if (on.water) { waterNames(placing); }
    if (on.roads) { roadNames(placing); }
    if (on.buildings) { buildingNames(placing, scene); }
    if (on.communities && near) { communityNames(placing, true); }
    scene.names = placing.boxes; // for whoever asks, in a test or the console, what is named where
  };
})();
