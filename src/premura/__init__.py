"""Premura: thoughtful care for customers."""

__version__ = "0.1.0"
