"""Services behind the doors: AWS services by moto, the emulated internet, and their HTTP and TLS servers.

Rules of this package:
1. The identity of a client comes from the `Door` of its connection and from its socket, never from the data it sends.
2. Nothing here opens a socket: listening sockets are passed in, and the back end is a child process.
3. A client's mistake gets a status and a short body. A bug gets a 500 and a line in the log. Neither gets a traceback.
"""
