"""Alembic's entry: runs the migrations on the connection the runner opened."""

from alembic import context

from headwater.storage.database import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
