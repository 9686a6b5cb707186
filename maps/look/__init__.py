"""Colours, words, labels and the assets that make a page open without internet."""
