"""The MySQL-family database: one connection per execution environment, and the migrations."""
