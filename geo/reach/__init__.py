"""Walking: which station is how far from every door, who is not reached, and where the next station should stand."""
