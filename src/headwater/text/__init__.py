"""Kernels over texts: normal form, language, personal data, near duplicates. No I/O."""
