"""Files into layers, whole or not at all."""
