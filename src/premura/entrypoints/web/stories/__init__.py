"""Stories of customers with their consent: the staff's list and file, and the teller's own page."""
