"""Partition: from a cell graph and size bounds to labels, a score and reasons."""
