"""Mail: the company's server, letters that could not be delivered, and the page that ends the asking."""
