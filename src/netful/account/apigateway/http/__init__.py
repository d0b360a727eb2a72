"""HTTP and WebSocket APIs and their parts."""
