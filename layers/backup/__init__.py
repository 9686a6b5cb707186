"""The whole of a store as one file and back: rows, the queue of jobs, and the files that belong to them."""
