"""Results of models sample by sample, their weaknesses, and comparisons between releases."""
