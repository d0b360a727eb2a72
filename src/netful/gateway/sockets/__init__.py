"""Live WebSocket APIs: connections of clients, their messages to routes, and the messages of back ends.

1. A connection lasts from the client's handshake to its end. The `$connect` route decides whether it is opened.
2. Messages of a connection go to their routes as they come. Their answers have no fixed order, as in AWS.
3. `$disconnect` receives the end of a connection afterwards, whichever side has closed it.
"""
