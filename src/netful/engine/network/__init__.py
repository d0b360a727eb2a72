"""The walk of a packet through VPCs, and everything it meets on the way."""
