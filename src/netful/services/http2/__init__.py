"""HTTP/2 server behind doors."""
