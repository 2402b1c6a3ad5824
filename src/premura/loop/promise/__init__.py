"""Stage 5, promise: an exact date, always.

In come cases, requests for approval and what people promise; out go commitments, each with an owner and an exact
instant, and their outcome: kept, late or broken. Every duty is a commitment, so *Today* is one list.
"""
