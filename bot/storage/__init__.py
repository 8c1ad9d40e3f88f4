"""The database: engine (all that differs between SQLite and PostgreSQL), schema, one module a noun.

Functions take a transaction that the caller owns. Storage never decides.
"""
