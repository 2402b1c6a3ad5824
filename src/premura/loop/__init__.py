"""The way of the data, in order: listen, understand, equip, recover, promise, improve, verify.

A stage may import earlier stages, never later ones; going right is by event (``wiring.py``).
"""
