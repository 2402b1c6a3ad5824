"""Surveys of other systems: neutral questions → a draft of ours in a programme.

In comes ``neutral.Survey``; out go a draft that people read and publish, the list of what could not be carried over,
and the names under which its answers will come, so that a file of answers joins it question by question.
"""
