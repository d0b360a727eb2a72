"""Several processes that answer for APIs at a stack's doors (`netful up --workers N`).

Rules:
1. A worker takes connections at the doors where APIs are asked for, all workers at the same listening sockets, and does by
   itself what needs nothing but the processor: TLS, HTTP, routing, policies, throttles, caches, mapping, MOCK.
2. What only the daemon has it asks the daemon for, over one stream of frames: functions, services, networks. What is not
   for an API, and all of a WebSocket API, whose connections must be known at one place, goes to the daemon whole.
3. Workers count together, and keep what stages' caches and authorizers have together, at a server (`gateway.shared`).
4. A worker dies with the daemon, by the parent-death signal and by the end of the stream. One that ends is started again;
   with it end the connections that it had, and no others.
"""
