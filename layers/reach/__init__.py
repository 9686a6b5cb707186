"""Stations, who reaches them on foot, and where the next one should stand."""
