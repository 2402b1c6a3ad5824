"""What people bring from elsewhere: one folder per source, each read → check → preview → write.

In comes a file or a feed; out go responses, customers and interactions in our own nouns, and a list of what was not
taken with the reason for each line. ``table`` reads any table and knows no database; the other sources stand on it.
"""
