"""Commands, one subject a file."""
