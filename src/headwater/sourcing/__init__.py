"""Sources, intakes, curation, records, slices, the production profile and coverage."""
