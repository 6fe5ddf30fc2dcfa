"""Who answers: annotators, their teams and training, cohorts, qualifications."""
