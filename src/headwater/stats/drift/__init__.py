"""Drift: control charts with known false-alarm rates, where the change was, and what it came with."""
