"""A running stack: the parts that `up` starts and `down` ends."""
