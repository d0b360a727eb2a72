"""State that several gateway processes share by a Valkey server: buckets, quotas, caches, results of authorizers, rates.

Rules:
1. Tokens and quotas are taken by one script, so all of a request's or none; the server's clock is the only one.
2. A slow bucket is asked for each token. Of a fast one a process takes some at once, as many as it has just used, and
   what it has not used soon is lost: never are more admitted than burst + rate x time.
3. Without the server the gateway goes on: each process counts by itself, within its share of each limit, and keeps its
   own entries. When the server is back its counts hold again; what was used meanwhile is not added to them.
"""
