"""Small sample layers, with source and licence in catalog.json; read through importlib.resources."""
