"""Responses from a table that somebody brings: read → check → preview → write.

In comes a planned table (``premura.importers.table``); out go responses with perspective, touchpoints, locations and
subjects, as
an imported survey whose questions are the file's columns. The raw file and its refused rows are kept; the same row
never counts twice, whichever file it comes in. Old answers open no cases.
"""
