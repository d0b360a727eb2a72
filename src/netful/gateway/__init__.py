"""API Gateway's data plane: what answers when an API is called in a running stack.

Rules of this package:
1. What the gateway says is decided in `engine/`; here are requests and responses, buckets, the cache and the integrations.
2. Time is an injected `Clock`; nothing here asks the system for it.
3. Which API is called, and by whom, comes from the door and the connection; headers only name the API.
"""
