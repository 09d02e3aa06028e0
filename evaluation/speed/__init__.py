"""What tagging costs: on the same comments as others, by length, by rows, and on more processes."""
