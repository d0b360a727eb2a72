"""Both ends of a path: sources and destinations, the words for them, and the addresses that they have."""
