"""The commands of ``premura``: one module each, and the clockwork on one page (``schedule.py``)."""
