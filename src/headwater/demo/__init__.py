"""The demonstration: the whole loop once, on a real corpus, with simulated annotators that are said to be so."""
