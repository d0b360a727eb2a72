"""WebSocket APIs, live: connections of clients, their messages to routes, and the messages of back ends.

1. A connection is a client's from its handshake to its end; its `$connect` route decides whether there is one.
2. Messages of a connection go to their routes as they come; nothing keeps their answers in order, as in AWS.
3. `$disconnect` gets the end of a connection after it has come, whichever side has closed it.
"""
