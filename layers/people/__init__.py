"""Residents, their buildings, and what may be told of them."""
