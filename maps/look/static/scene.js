/* Wangge: one canvas that draws every layer of a page. Works on any Leaflet 1.9 map. */
(function () {
  "use strict";

  var data = wangge.data, style = data.style, METRES_AROUND = 40075016.686;
  var unpack = wangge.unpack, seen = wangge.seen, trace = wangge.trace, paintAll = wangge.paintAll;

  /* ------------------------------------------------------------------ hatching */

  function hatch(ctx, state, ratio) {
    var side = 10, tile = document.createElement("canvas");
    tile.width = tile.height = Math.round(side * ratio);
    var t = tile.getContext("2d"), real = tile.width;
    t.strokeStyle = state === "stray" ? style.red : style.amber;
    t.globalAlpha = state === "stray" ? 0.7 : 0.5;
    t.lineWidth = 1.1 * ratio;
    function stroke(rising) {
      t.beginPath();
      for (var k = -1; k <= 1; k++) {
        t.moveTo(k * real, rising ? real : 0);
        t.lineTo((k + 1) * real, rising ? 0 : real);
      }
      t.stroke();
    }
    if (state !== "above") { stroke(false); }
    if (state !== "below") { stroke(true); }
    var pattern = ctx.createPattern(tile, "repeat");
    if (window.DOMMatrix) { pattern.setTransform(new DOMMatrix().scale(side / real)); }
    return pattern;
  }

  /** Dots: ground of one unit's own. */
  function dots(ctx, colour, ratio) {
    var side = 8, tile = document.createElement("canvas");
    tile.width = tile.height = Math.round(side * ratio);
    var t = tile.getContext("2d"), real = tile.width;
    t.fillStyle = colour;
    t.globalAlpha = 0.55;
    [[0.25, 0.25], [0.75, 0.75]].forEach(function (at) {
      t.beginPath();
      t.arc(at[0] * real, at[1] * real, 0.14 * real, 0, 2 * Math.PI);
      t.fill();
    });
    var pattern = ctx.createPattern(tile, "repeat");
    if (window.DOMMatrix) { pattern.setTransform(new DOMMatrix().scale(side / real)); }
    return pattern;
  }

  /* ------------------------------------------------------------------ the canvas */

  var Scene = L.Renderer.extend({
    options: { padding: 0.15 },

    initialize: function () {
      L.Renderer.prototype.initialize.call(this);
      this.visible = {};
      this.selected = null;
      this.ratio = Math.min(window.devicePixelRatio || 1, 2);
      this.shapes = {};
      ["communities", "communityLines", "grids", "complexes", "buildings", "water", "waterLines", "roads"].forEach(function (name) {
        this.shapes[name] = unpack(data[name].shapes);
      }, this);
      this.shapes.walks = unpack(data.reach ? data.reach.walks : []);
      this.shapes.heat = unpack(data.heat ? data.heat.shapes : []);
      this.shapes.before = unpack(data.changes ? data.changes.before : []);
      this.shapes.circles = unpack(data.reach ? data.reach.circles : []);
    },

    _initContainer: function () {
      this._container = L.DomUtil.create("canvas", "wangge-canvas");
      this._container.setAttribute("aria-hidden", "true");
      this._ctx = this._container.getContext("2d");
    },

    _destroyContainer: function () { L.DomUtil.remove(this._container); },

    _updatePaths: function () {},

    _update: function () {
      if (this._map._animatingZoom && this._bounds) { return; }
      L.Renderer.prototype._update.call(this);
      this.redraw();
    },

    show: function (layer, on) {
      this.visible[layer] = on;
      this.later();
    },

    select: function (grid) {
      this.selected = grid;
      this.later();
    },

    later: function () {
      if (this._waiting || !this._map) { return; }
      this._waiting = L.Util.requestAnimFrame(function () { this._waiting = null; this.redraw(); }, this);
    },

    view: function () {
      var size = this._bounds.getSize(), scale = 256 * Math.pow(2, this._zoom);
      var corner = this._map.getPixelOrigin().add(this._bounds.min);
      var y = (corner.y + size.y / 2) / scale;
      var lat = Math.atan(Math.sinh(Math.PI * (1 - 2 * y)));
      return {
        zoom: this._zoom, scale: scale, left: corner.x, top: corner.y, width: size.x, height: size.y,
        west: corner.x / scale, north: corner.y / scale,
        east: (corner.x + size.x) / scale, south: (corner.y + size.y) / scale,
        pxPerMetre: scale / (METRES_AROUND * Math.cos(lat))
      };
    },

    redraw: function () {
      if (!this._bounds) { return; }
      var size = this._bounds.getSize(), canvas = this._container, ctx = this._ctx;
      L.DomUtil.setPosition(canvas, this._bounds.min);
      canvas.width = Math.round(size.x * this.ratio);
      canvas.height = Math.round(size.y * this.ratio);
      canvas.style.width = size.x + "px";
      canvas.style.height = size.y + "px";
      ctx.scale(this.ratio, this.ratio);
      ctx.lineJoin = "round";
      var view = this.view(), on = this.visible;
      this.drawn = {};
      if (on.communities) { this._land(ctx, view); }
      if (on.walks) { this._walks(ctx, view); }
      if (on.grids) { this._grids(ctx, view); }
      if (on.rates) { this._rates(ctx, view); }
      if (on.heat) { this._heat(ctx, view); }
      if (on.water) { this._water(ctx, view); }
      if (on.complexes) { this._complexes(ctx, view); }
      if (on.roads) { this._roads(ctx, view); }
      if (on.buildings) { this._buildings(ctx, view); }
      if (on.members) { this._members(ctx, view); }
      if (on.grids) { this._gridLines(ctx, view); }
      if (on.moved) { this._marked(ctx, view, data.changes.moved, style.moved); }
      if (on.before) { this._before(ctx, view); }
      if (on.unreached) { this._marked(ctx, view, data.reach.unreached, style.unreached); }
      if (on.communities) { this._communityLines(ctx, view); }
      if (on.circles) { this._circles(ctx, view); }
      if (on.centres) { this._centres(ctx, view); }
      this._selection(ctx, view);
      wangge.drawNames(ctx, view, this);
      this.fire("drawn");
    },

    _land: function (ctx, view) {
      ctx.fillStyle = style.land;
      paintAll(ctx, this.shapes.communities, view, true, null, function () { ctx.fill("evenodd"); });
    },

    _grids: function (ctx, view) {
      var shapes = this.shapes.grids, patterns = {};
      for (var f = 0; f < shapes.count; f++) {
        if (!seen(shapes, f, view)) { continue; }
        ctx.beginPath();
        trace(ctx, shapes, f, view, true);
        ctx.fillStyle = style.fills[data.grids.colour[f]];
        ctx.fill("evenodd");
        if (data.grids.kind[f] === "exclusive") {
          var own = "exclusive " + data.grids.colour[f];
          patterns[own] = patterns[own] || dots(ctx, style.outlines[data.grids.colour[f]], this.ratio);
          ctx.fillStyle = patterns[own];
          ctx.fill("evenodd");
        }
        var state = data.grids.state[f];
        if (state === "below" || state === "above" || state === "stray") {
          patterns[state] = patterns[state] || hatch(ctx, state, this.ratio);
          ctx.fillStyle = patterns[state];
          ctx.fill("evenodd");
        }
      }
    },

    /** Each outline lies inside its grid, so that both colours of a shared edge can be seen. */
    _gridLines: function (ctx, view) {
      var shapes = this.shapes.grids, fine = view.zoom < 14;
      for (var f = 0; f < shapes.count; f++) {
        if (!seen(shapes, f, view)) { continue; }
        ctx.save();
        ctx.beginPath();
        trace(ctx, shapes, f, view, true);
        ctx.strokeStyle = style.outlines[data.grids.colour[f]];
        if (fine) {
          ctx.lineWidth = 0.8;
        } else {
          ctx.clip("evenodd");
          ctx.lineWidth = view.zoom < 15 ? 2.4 : 4;
        }
        ctx.stroke();
        ctx.restore();
      }
    },

    _water: function (ctx, view) {
      var lines = this.shapes.waterLines, kinds = data.waterLines.kind;
      ctx.fillStyle = style.water.fill;
      ctx.strokeStyle = style.water.line;
      ctx.lineWidth = 1;
      paintAll(ctx, this.shapes.water, view, true, null, function () { ctx.fill("evenodd"); ctx.stroke(); });
      ctx.strokeStyle = style.water.fill;
      ctx.lineCap = "round";
      Object.keys(style.waterLinesM).forEach(function (kind) {
        ctx.lineWidth = Math.max(1.2, style.waterLinesM[kind] * view.pxPerMetre);
        paintAll(ctx, lines, view, false, function (f) { return kinds[f] === kind; }, function () { ctx.stroke(); });
      });
    },

    _complexes: function (ctx, view) {
      this.drawn.complexes = view.zoom >= 14;
      if (!this.drawn.complexes) { return; }
      ctx.strokeStyle = style.complex.line;
      ctx.lineWidth = 1;
      paintAll(ctx, this.shapes.complexes, view, true, null, function () { ctx.stroke(); });
    },

    _roads: function (ctx, view) {
      var shapes = this.shapes.roads, classes = data.roads["class"];
      function strokeAll(name, width, colour, dash) {
        ctx.lineWidth = width;
        ctx.strokeStyle = colour;
        ctx.setLineDash(dash || []);
        paintAll(ctx, shapes, view, false, function (f) { return classes[f] === name; }, function () { ctx.stroke(); });
        ctx.setLineDash([]);
      }
      function width(road) { return Math.min(26, Math.max(road.least_px, road.metres * view.pxPerMetre)); }
      var roads = style.roads.filter(function (road) { return view.zoom >= road.from_zoom; }).reverse();
      ctx.lineCap = "round";
      roads.forEach(function (road) { strokeAll(road["class"], width(road) + 1.4, style.roadCasing); });
      roads.forEach(function (road) { strokeAll(road["class"], width(road), "#fff"); });
      ctx.lineCap = "butt";
      if (view.zoom >= 16) { strokeAll("wall", 1.4, style.complex.line, [1, 3]); }
      if (view.zoom >= 11) {
        strokeAll("rail", view.zoom < 14 ? 1.6 : 3, "#77736c");
        strokeAll("rail", view.zoom < 14 ? 0.7 : 1.6, "#fff", [7, 7]);
      }
    },

    _buildings: function (ctx, view) {
      this.drawn.buildings = view.zoom >= style.buildingsFromZoom;
      if (!this.drawn.buildings) { return; }
      ctx.fillStyle = style.building.fill;
      ctx.strokeStyle = style.building.line;
      ctx.lineWidth = view.zoom < 15.5 ? 0.5 : 0.9;
      paintAll(ctx, this.shapes.buildings, view, true, null, function () { ctx.fill("evenodd"); ctx.stroke(); });
    },

    /** The longest walk first: what is reached sooner lies on top of it, darker. */
    _walks: function (ctx, view) {
      for (var f = this.shapes.walks.count - 1; f >= 0; f--) {
        ctx.beginPath();
        trace(ctx, this.shapes.walks, f, view, true);
        ctx.fillStyle = style.walks[f];
        ctx.fill("evenodd");
      }
    },

    _heat: function (ctx, view) {
      var shapes = this.shapes.heat;
      ctx.globalAlpha = 0.75;
      for (var f = 0; f < shapes.count; f++) {
        if (!seen(shapes, f, view)) { continue; }
        ctx.beginPath();
        trace(ctx, shapes, f, view, true);
        ctx.fillStyle = style.heat[data.heat.class[f]];
        ctx.fill("evenodd");
      }
      ctx.globalAlpha = 1;
    },

    /** Places in classes; those of which nothing may be told stay as they are. */
    _rates: function (ctx, view) {
      var shapes = this.shapes[data.rates.layer];
      ctx.strokeStyle = style.softInk;
      ctx.lineWidth = 0.6;
      for (var f = 0; f < shapes.count; f++) {
        if (data.rates.class[f] < 0 || !seen(shapes, f, view)) { continue; }
        ctx.beginPath();
        trace(ctx, shapes, f, view, true);
        ctx.fillStyle = style.heat[data.rates.class[f]];
        ctx.globalAlpha = 0.75;
        ctx.fill("evenodd");
        ctx.globalAlpha = 1;
        ctx.stroke();
      }
    },

    /** Far off a building is a speck, so a mark of its own stands for it. */
    _marked: function (ctx, view, buildings, look) {
      var shapes = this.shapes.buildings, b = shapes.box, far = view.zoom < 15.5;
      ctx.fillStyle = look.fill;
      ctx.strokeStyle = look.line;
      ctx.lineWidth = far ? 1 : 1.6;
      buildings.forEach(function (f) {
        if (!seen(shapes, f, view)) { return; }
        ctx.beginPath();
        if (far) {
          ctx.arc((b[4 * f] + b[4 * f + 2]) / 2 * view.scale - view.left, (b[4 * f + 1] + b[4 * f + 3]) / 2 * view.scale - view.top, 4, 0, 7);
        } else {
          trace(ctx, shapes, f, view, true);
        }
        ctx.fill("evenodd");
        ctx.stroke();
      });
    },

    /** Ghosts of the grids before: dashes that show on any fill. */
    _before: function (ctx, view) {
      var shapes = this.shapes.before, near = view.zoom >= 14;
      function strokeAll() { ctx.stroke(); }
      ctx.lineCap = "butt";
      ctx.strokeStyle = "rgba(255,255,255,0.7)";
      ctx.lineWidth = near ? 4 : 2.4;
      paintAll(ctx, shapes, view, false, null, strokeAll);
      ctx.strokeStyle = style.before;
      ctx.lineWidth = near ? 2.2 : 1.2;
      ctx.setLineDash(near ? [8, 6] : [5, 4]);
      paintAll(ctx, shapes, view, false, null, strokeAll);
      ctx.setLineDash([]);
    },

    /** Lit where member households live; far off a mark stands for the building. */
    _members: function (ctx, view) {
      var shapes = this.shapes.buildings, far = view.zoom < style.buildingsFromZoom;
      ctx.fillStyle = far ? style.members.line : style.members.fill;
      ctx.strokeStyle = style.members.line;
      ctx.lineWidth = 1;
      data.members.row.forEach(function (f, i) {
        if (!seen(shapes, f, view)) { return; }
        var at = this._pixel(view, data.members.at[i]);
        ctx.beginPath();
        if (far) { ctx.arc(at[0], at[1], 2, 0, 7); } else { trace(ctx, shapes, f, view, true); }
        ctx.fill("evenodd");
        if (!far) { ctx.stroke(); }
      }, this);
    },

    _centres: function (ctx, view) {
      var shapes = this.shapes.buildings, size = view.zoom < style.buildingsFromZoom ? 5 : 8;
      ctx.fillStyle = style.members.line;
      ctx.strokeStyle = "#fff";
      ctx.lineWidth = 2;
      data.members.row.forEach(function (f, i) {
        if (!data.members.centre[i] || !seen(shapes, f, view)) { return; }
        var at = this._pixel(view, data.members.at[i]);
        ctx.beginPath();
        for (var k = 0; k < 10; k++) {
          var far = k % 2 ? size * 0.42 : size, turn = Math.PI * k / 5;
          ctx.lineTo(at[0] + far * Math.sin(turn), at[1] - far * Math.cos(turn));
        }
        ctx.closePath();
        ctx.stroke();
        ctx.fill();
      }, this);
    },

    _pixel: function (view, at) {
      var world = wangge.toWorld(at[0], at[1]);
      return [world[0] * view.scale - view.left, world[1] * view.scale - view.top];
    },

    _circles: function (ctx, view) {
      ctx.strokeStyle = style.accent;
      ctx.lineWidth = 1.2;
      ctx.setLineDash([6, 5]);
      paintAll(ctx, this.shapes.circles, view, true, null, function () { ctx.stroke(); });
      ctx.setLineDash([]);
    },

    _communityLines: function (ctx, view) {
      var shapes = this.shapes.communityLines, near = view.zoom >= 14;
      function strokeAll() { ctx.stroke(); }
      ctx.lineCap = "butt";
      ctx.strokeStyle = "rgba(255,255,255,0.75)";
      ctx.lineWidth = near ? 5 : 3;
      paintAll(ctx, shapes, view, false, null, strokeAll);
      ctx.strokeStyle = style.community.line;
      ctx.lineWidth = near ? 3 : 1.6;
      ctx.setLineDash(near ? [16, 5, 3, 5] : [9, 3, 2, 3]);
      paintAll(ctx, shapes, view, false, null, strokeAll);
      ctx.setLineDash([]);
    },

    _selection: function (ctx, view) {
      if (this.selected === null || !this.visible.grids) { return; }
      ctx.beginPath();
      trace(ctx, this.shapes.grids, this.selected, view, true);
      ctx.strokeStyle = "#fff";
      ctx.lineWidth = 7;
      ctx.stroke();
      ctx.strokeStyle = style.accent;
      ctx.lineWidth = 3.5;
      ctx.stroke();
    }
  });

  /* ------------------------------------------------------------------ what the page calls */

  wangge.scene = null;

  /** Put the scene on a map; before the parts. */
  wangge.start = function (map) { wangge.map = map; wangge.scene = new Scene().addTo(map); };

  /** One layer of the scene as Leaflet sees it: on the map or not. */
  wangge.part = function (name) {
    return new (L.Layer.extend({
      onAdd: function () { wangge.scene.show(name, true); },
      onRemove: function () { wangge.scene.show(name, false); }
    }))();
  };
})();
