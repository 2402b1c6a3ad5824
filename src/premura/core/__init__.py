"""What every stage of the loop stands on: the company, its people, its customers, the journey, the history, the jobs.

Core knows no stage: nothing here imports from ``premura.loop``.
"""
