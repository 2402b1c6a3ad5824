"""Stage 3, equip: what the staff must know.

In come the commonest problems; out go knowledge cards, found from the case they help with, and bulletins with who has
read them. Follows the terms of ISO 30401 (knowledge management) where it has any.
"""
