"""Tables and SQL of annotation, a module per noun."""
