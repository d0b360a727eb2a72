"""WebSocket APIs, live: connections of clients, their messages to routes, and what back ends send to them.

1. A connection is a client's from its handshake to its end; its `$connect` route decides whether there is one.
2. Messages of a connection go to their routes as they come; nothing keeps their answers in order, as in AWS.
3. `$disconnect` is told of the end when it has come, whoever brought it about.
"""
