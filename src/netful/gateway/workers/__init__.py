"""Several processes that answer for APIs at a stack's doors (`netful up --workers N`).

Rules:
1. All workers accept connections at the same listening sockets, those of doors for APIs. A worker does all work by itself
   that needs only the processor: TLS, HTTP, routing, policies, throttles, caches, mapping, MOCK.
2. A worker asks the daemon for functions, services and networks, over one stream of frames. A request that is not for an
   API goes to the daemon as a whole. So do all requests for WebSocket APIs, whose connections one process must have.
3. Workers count together, and share the caches of stages and authorizers, at a server (`gateway.shared`).
4. A worker dies with the daemon, by the parent-death signal and by the end of the stream. A worker that ends is started
   again; only its own connections end with it.
"""
