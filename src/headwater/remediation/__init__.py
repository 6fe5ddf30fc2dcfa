"""Findings diagnosed into typed deficits, turned into authorised briefs, and verified."""
