"""Traces of requests: headers, segments in X-Ray's form, and what is read from them."""
