"""What is asked of a partition and how an answer is judged."""
