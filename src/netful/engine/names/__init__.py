"""DNS: the addresses of a name, by the position of the client."""
