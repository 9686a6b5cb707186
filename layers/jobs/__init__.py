"""Long work that outlives who asked for it and the process that does it."""
