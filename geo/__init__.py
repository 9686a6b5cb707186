"""How: pure algorithms. Arrays, GeoDataFrames and frozen dataclasses in and out; no I/O, settings, SQL or web."""
