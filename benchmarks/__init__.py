"""Measurements, each beside an alternative in the same run. ``README.md`` holds the figures."""
