"""Bring your data: drop files, see what each is and what will come of it, answer what only you know, bring it in."""
