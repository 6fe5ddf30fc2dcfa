"""Tables and SQL of governance, by noun."""
