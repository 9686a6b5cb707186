"""What figures may tell of single households."""
