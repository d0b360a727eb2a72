"""REST APIs and their parts."""
