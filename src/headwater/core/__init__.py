"""Ids, clock, errors, settings, canonical JSON and digests: what every part stands on."""
