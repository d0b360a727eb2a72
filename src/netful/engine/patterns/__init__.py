"""Regular expressions of templates and requests, in linear time."""
