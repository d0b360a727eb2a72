"""Listens on every address of its sandbox, and says which one it has and that it can be reached there from inside."""

import socket

LISTENING = socket.create_server(("", 8080))
SECRET = "a secret in memory, 7f3d"  # what the attacker looks for


def handler(_event, _context):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("10.0.0.2", 53))
        address = probe.getsockname()[0]
    socket.create_connection((address, 8080), timeout=1).close()
    return {"address": address}
