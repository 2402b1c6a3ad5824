"""Stage 4, recover: put it right, within your own authority, at once.

In come responses and what people report; out go cases that say why they were opened, their thread, gestures in one
ledger, resolutions and reopenings. Terms of ISO 10002 (complaint handling).
"""
