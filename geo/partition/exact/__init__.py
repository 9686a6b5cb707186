"""Proofs and exact answers: branch and price, covers and small neighbourhoods."""
