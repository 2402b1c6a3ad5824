"""The always-open page: anybody tells us something at any time, without an account; and the staff's view of it."""
