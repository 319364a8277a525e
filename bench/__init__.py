"""Measurements: CPU time, as ratios within one run. `make bench` runs them."""
