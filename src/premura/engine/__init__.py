"""Columnar analytics: counts by any breakdown over any number of answers; knows no Django.

Comes in: rows of answers (as CSV, written by whoever owns the database), a folder, questions in neutral terms
(:class:`~premura.engine.questions.CountQuestion`). Goes out: integer counts by score, nothing else; what they mean is
the business of ``premura.stats``. Facts are Parquet files by the month of the response, listed in a manifest that is
replaced atomically; definitions are written once, in Ibis, and compiled to the SQL of DuckDB, SQLite, PostgreSQL and
Spark. DuckDB and Ibis are imported where they are first needed, so that a process that never asks never pays.
"""
