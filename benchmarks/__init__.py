"""Headwater beside its peers: `make bench-NAME`, `make bench` for all."""
