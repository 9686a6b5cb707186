"""Point to grid, from memory, for any date."""
