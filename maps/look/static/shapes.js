/* Wangge: shapes of a page, unpacked from compact arrays: asked what lies where, and traced onto a canvas. */
(function () {
  "use strict";

  var data = JSON.parse(document.getElementById("wangge-data").textContent);

  /* ------------------------------------------------------------------ shapes in world units (0 to 1) */

  function worldX(lon) { return (lon + 180) / 360; }

  function worldY(lat) {
    var s = Math.sin(lat * Math.PI / 180);
    return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
  }

  function toWorld(x, y) {
    return [worldX(data.origin[0] + x * data.step), worldY(data.origin[1] + y * data.step)];
  }

  /** Features of rings of [x, y, dx, dy, ...] -> flat arrays with a box around each feature. */
  function unpack(features) {
    var points = 0, rings = 0;
    features.forEach(function (feature) {
      rings += feature.length;
      feature.forEach(function (ring) { points += ring.length / 2; });
    });
    var shapes = {
      count: features.length, xy: new Float64Array(points * 2), ringAt: new Int32Array(rings + 1),
      featureAt: new Int32Array(features.length + 1), box: new Float64Array(features.length * 4)
    };
    var p = 0, r = 0;
    features.forEach(function (feature, f) {
      var west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
      feature.forEach(function (ring) {
        var x = 0, y = 0;
        for (var i = 0; i < ring.length; i += 2) {
          x += ring[i]; y += ring[i + 1];
          var w = toWorld(x, y);
          shapes.xy[2 * p] = w[0]; shapes.xy[2 * p + 1] = w[1]; p++;
          west = Math.min(west, w[0]); east = Math.max(east, w[0]);
          north = Math.min(north, w[1]); south = Math.max(south, w[1]);
        }
        shapes.ringAt[++r] = p;
      });
      shapes.featureAt[f + 1] = r;
      shapes.box.set([west, north, east, south], 4 * f);
    });
    return shapes;
  }

  function holds(shapes, f, x, y) {
    var b = shapes.box, inside = false;
    if (x < b[4 * f] || x > b[4 * f + 2] || y < b[4 * f + 1] || y > b[4 * f + 3]) { return false; }
    for (var r = shapes.featureAt[f]; r < shapes.featureAt[f + 1]; r++) {
      for (var i = shapes.ringAt[r], j = shapes.ringAt[r + 1] - 1; i < shapes.ringAt[r + 1]; j = i++) {
        var yi = shapes.xy[2 * i + 1], yj = shapes.xy[2 * j + 1];
        if ((yi > y) !== (yj > y) &&
            x < (shapes.xy[2 * j] - shapes.xy[2 * i]) * (y - yi) / (yj - yi) + shapes.xy[2 * i]) {
          inside = !inside;
        }
      }
    }
    return inside;
  }

  /** The first feature that holds a world point, or -1. */
  function featureAt(shapes, x, y) {
    for (var f = 0; f < shapes.count; f++) { if (holds(shapes, f, x, y)) { return f; } }
    return -1;
  }

  function seen(shapes, f, view) {
    var b = shapes.box;
    return b[4 * f] <= view.east && b[4 * f + 2] >= view.west && b[4 * f + 1] <= view.south && b[4 * f + 3] >= view.north;
  }

  /** Add one feature to the path of `ctx`; points closer than half a pixel to the last are left out. */
  function trace(ctx, shapes, f, view, close) {
    for (var r = shapes.featureAt[f]; r < shapes.featureAt[f + 1]; r++) {
      var from = shapes.ringAt[r], to = shapes.ringAt[r + 1], lastX = 0, lastY = 0;
      for (var i = from; i < to; i++) {
        var x = shapes.xy[2 * i] * view.scale - view.left, y = shapes.xy[2 * i + 1] * view.scale - view.top;
        if (i === from) {
          ctx.moveTo(x, y);
        } else if (i === to - 1 || Math.abs(x - lastX) + Math.abs(y - lastY) > 0.5) {
          ctx.lineTo(x, y);
        } else { continue; }
        lastX = x; lastY = y;
      }
      if (close) { ctx.closePath(); }
    }
  }

  /** All features in view that pass `wanted`, painted in batches: one long path is slow to fill. */
  function paintAll(ctx, shapes, view, close, wanted, paint) {
    var batch = 0;
    for (var f = 0; f < shapes.count; f++) {
      if (!seen(shapes, f, view) || (wanted && !wanted(f))) { continue; }
      if (batch === 0) { ctx.beginPath(); }
      trace(ctx, shapes, f, view, close);
      if (++batch === 250) { paint(); batch = 0; }
    }
    if (batch) { paint(); }
  }

  window.wangge = {
    data: data, toWorld: toWorld, unpack: unpack, featureAt: featureAt, seen: seen, trace: trace, paintAll: paintAll
  };
})();
