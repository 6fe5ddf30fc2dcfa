"""Pure statistical kernels: arrays in, numbers out; no I/O, no database, no web."""
