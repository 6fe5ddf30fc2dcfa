"""Agreement, gold, competence, drift, acceptance of batches, and the labels that result."""
