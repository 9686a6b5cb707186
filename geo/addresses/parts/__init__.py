"""The parts of an address, read without any register."""
