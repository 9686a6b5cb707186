"""Moves over a labelled cell graph: building, balancing, refining and recombining grids."""
