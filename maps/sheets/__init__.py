"""Sheets to print: maps with all that stands on a printed map, as SVG of our own, PDF and PNG."""
