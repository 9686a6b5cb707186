"""Addresses: what a written address says, and which building of a register it means."""
