"""Stage 1, listen: ask, watch, be told.

In come programmes with an objective, surveys, invitations and raw submissions; out go responses with answers, each
with its perspective, subject and moment. Follows ISO 10004 (monitoring and measuring customer satisfaction) in its
terms.
"""
