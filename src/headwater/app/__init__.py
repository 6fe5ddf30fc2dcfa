"""Composition root: settings become adapters, adapters become an App; the only part that knows every other."""
