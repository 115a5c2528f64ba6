"""Alembic asks here how to reach the database: by the connection that `purveyor.db.migrate` brings along."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=True)

with context.begin_transaction():
    context.run_migrations()
