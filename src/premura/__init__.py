"""Premura: thoughtful care for customers."""

import os

# Our matrices are small: threads that wait for one another on them cost more than they bring. Read when NumPy loads
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
