"""The provenance graph: what came from what, by which activity and whom."""
