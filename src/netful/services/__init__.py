"""What answers behind the doors: AWS's services by moto, the emulated internet, and the HTTP and TLS they are reached by.

Rules of this package:
1. Who a client is, comes from the `Door` that it came through and from its socket, never from what it sends.
2. Nothing here opens a socket to anywhere: listening sockets are handed in, the back end is a child process.
3. A client's mistake gets a status and a short body; a bug gets a 500 and a line in the log; neither gets a traceback.
"""
