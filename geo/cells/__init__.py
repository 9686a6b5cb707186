"""Cells: the atoms of a plan. Barriers cut a community into blocks, blocks are shared out among their buildings."""
