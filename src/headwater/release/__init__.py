"""Immutable dataset versions: selection, splits, gates, attestation, verification, diffs, exports, cards."""
