"""What is known: complexes, door plates, houses, and their codes and names."""
