"""Ratios, each measured side by side in one run: run them with `make bench`."""
