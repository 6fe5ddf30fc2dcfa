"""The HTTP API under `/api/v1`: one module per part, same names as the parts."""
