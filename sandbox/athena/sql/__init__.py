"""Athena's SQL: a text becomes a typed statement, its names get a meaning, and DuckDB gets its SQL."""
