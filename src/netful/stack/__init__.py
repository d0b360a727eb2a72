"""What `up` assembles and `down` ends."""
