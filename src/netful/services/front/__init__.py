"""From a request at a door to the service that answers it."""
