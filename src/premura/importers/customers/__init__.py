"""Customers from a table: names, e-mail addresses, telephones, as their own program keeps them.

In comes a planned table; out go customers, each once: the same number there, else the same address, is the same one.
Nothing that stands here already is overwritten, and nobody who asked to be forgotten or left alone comes back.
"""
