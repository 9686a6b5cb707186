"""What: the data layers, where they are kept (PostGIS or SQLite), files in and out, and who may see them."""
