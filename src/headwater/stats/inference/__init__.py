"""Truth inference: the likeliest right answer of every task, and how good every annotator is."""
