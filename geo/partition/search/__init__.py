"""The search over one connected part, the number of its grids first."""
