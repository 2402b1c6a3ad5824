"""Understanding keeps no rows of its own yet: metrics are counted from answers."""
