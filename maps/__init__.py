"""How it looks: Folium pages, style and offline assets. GeoDataFrames in, HTML out; no SQL."""
