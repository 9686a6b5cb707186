"""Deeds on whole layers as numbered batches: what they replaced is kept, so that they can be taken back."""
