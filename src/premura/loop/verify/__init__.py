"""Stage 7, verify: did it work?

In come completed actions; out go effectiveness checks over equal windows before and after, with the verdict *improved*,
*worse*, *no change shown* or *not enough data*. Terms of ISO 9001 §10.2.1 e (review the effectiveness).
"""
