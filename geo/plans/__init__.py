"""Plans: rules, outlines, checks and codes of a set of grids."""
