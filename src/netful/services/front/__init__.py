"""Path of a request from a door to the service that answers it."""
