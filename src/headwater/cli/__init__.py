"""The command line: parse, call, print; one module per part."""
