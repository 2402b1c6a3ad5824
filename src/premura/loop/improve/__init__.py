"""Stage 6, improve: the cause, not the symptom.

In come cases; out go root causes with the money that leaks through them, and corrective actions with an owner, an
exact date and the effect they are expected to have. Terms of ISO 9001 §10.2 (nonconformity and corrective action).
"""
