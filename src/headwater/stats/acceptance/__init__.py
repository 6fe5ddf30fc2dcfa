"""Acceptance sampling by attributes: single, double and sequential plans, their curves, and switching rules."""
