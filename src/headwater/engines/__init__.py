"""Adapters to models and machines; only the composition root knows them."""
