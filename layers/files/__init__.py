"""Files in and out: formats, faults and limits."""
