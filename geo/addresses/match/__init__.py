"""Addresses read against a register, with the evidence for each answer."""
