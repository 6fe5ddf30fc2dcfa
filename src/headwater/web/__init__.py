"""The pages: server-rendered, each the same resource as its API twin."""
