"""What long work there is, and the process that does it for a worker."""
