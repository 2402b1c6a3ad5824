"""The demo company: an equipment-rental firm with three places and eighteen invented months.

In comes a seed and a day; out go customers, contacts, answers in two languages, cases, gestures, promises kept and
broken, causes
and actions, all written through the verbs of the stages, as daily work would have. What the actions did is in the
answers, not in a label: the checks have to find it.
"""
