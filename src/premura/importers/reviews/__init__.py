"""Public reviews: stars, words, our reply and when it came.

In comes ``neutral.Review``; out go responses of the channel «public review» with a mark from 1 to 5, and a row that
keeps the reply. A negative review that nobody has answered opens a case, by the same rules as any other answer.
"""
