"""Benchmarks: every figure beside its floor, the same rows written by hand-made set-based SQL in the same run."""
