"""What students get: one zip that needs no clone."""
