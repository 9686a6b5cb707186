"""A made-up Chinese district, grown from a seed: for trying Wangge out, for tests and for benchmarks."""
