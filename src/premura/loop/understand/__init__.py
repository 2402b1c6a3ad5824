"""Stage 2, understand: numbers with their doubt, words with their feeling.

In come responses; out go metrics, each an estimate with interval, *n*, method and definition, by any breakdown, and
the rows behind it; who has been asked, who answered, who is silent. Metrics follow ``docs/methods``.
"""
