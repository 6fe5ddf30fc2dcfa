"""Training runs and the models they made."""
