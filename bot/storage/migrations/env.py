"""What Alembic runs: the steps, on the connection that `bot.storage.migrate` hands in."""

from __future__ import annotations

from alembic import context

from bot.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can roll back DDL too; an interrupted step then leaves the old schema, never a mixture.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
