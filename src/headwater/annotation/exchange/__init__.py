"""Tasks with their answers crossing the border: one neutral model, and a module for every format in and out."""
