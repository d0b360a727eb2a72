"""Data plane of API Gateway in a running stack.

Rules of this package:
1. `engine/` decides what the gateway answers; here are requests and responses, buckets, caches and integrations.
2. Time is an injected `Clock`; no module here asks the system for it.
3. The door and the connection of a request determine the API and the caller; headers only name the API.
"""
