"""Purchases from a table of invoices or orders: whose, on which day, how much.

In comes a planned table; out go purchases, each once. They join customers who are here already: by their number, else
by e-mail address, else by a name that only one of them has. A row of nobody we know is refused and says so.
"""
