"""The customers' board of ideas: public pages without an account, and the staff's desk where ideas are decided on."""
