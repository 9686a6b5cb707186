"""Cells and plans: drawn, adopted, compared, checked, published."""
