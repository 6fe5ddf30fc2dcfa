"""Integrity: answers too quick to be read, copied from the one before or from a colleague, or given blindly."""
