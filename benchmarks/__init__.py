"""Training beside others: `python -m benchmarks` (see docs/speed.md)."""
