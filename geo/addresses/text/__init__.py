"""Written text of addresses: characters, numerals, names and their slips."""
