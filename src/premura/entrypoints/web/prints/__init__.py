"""What is printed: posters, table tents and cards with a survey's code, and the survey as a form on paper."""
