"""Hive tables: their DDL, their types, and the Data Catalog that holds them."""
