"""State that several gateway processes share at a Valkey server: buckets, quotas, caches, results of authorizers, rates.

Rules:
1. One script takes tokens and quotas: all that a request needs, or none. The server's clock is the only one.
2. A process asks for each token of a slow bucket. Of a fast bucket it takes several tokens at once, as many as it has just
   used. Tokens that it does not use soon are lost, so the processes never admit more than burst + rate x time.
3. Without the server the gateway goes on: each process counts by itself, within its share of each limit, and keeps its
   own entries. When the server is back, its counts apply again; requests of the meantime are not added to them.
"""
