"""What AWS refuses of a changed network: mismatches of networks, groups that cannot name each other, and their errors."""
