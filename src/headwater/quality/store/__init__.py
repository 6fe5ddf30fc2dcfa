"""Tables and SQL of quality."""
