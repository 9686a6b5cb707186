"""Grids in words: registers of names, drafts made of words, tables that tell plans."""
