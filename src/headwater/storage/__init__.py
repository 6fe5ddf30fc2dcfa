"""Database, object store, record tables, keys, durable jobs and migrations."""
