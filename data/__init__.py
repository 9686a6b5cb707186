"""Data that ships with Wangge."""
