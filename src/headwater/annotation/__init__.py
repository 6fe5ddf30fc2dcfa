"""Annotation: schemas, guidelines, campaigns, the task queue, answers, reviews, adjudication."""
