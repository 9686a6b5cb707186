"""What lies on the ground: communities and complexes, buildings, stations, streets."""
