"""Functions that attack the stack that runs them, by name: for `bench/attacks.py` and for `tests/attack/`.

Each handler attacks for `event["seconds"]`, then returns a number: its load.
"""

_HEAD = """
import ctypes, os, socket, time

def end_of(event):
    return time.monotonic() + event.get("seconds", 3)

def api():
    host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].rpartition(":")
    return socket.create_connection((host, int(port)))

def send_until(end, connection, first, again):
    sent = 0
    connection.settimeout(1)
    try:
        connection.sendall(first)
        while time.monotonic() < end:
            connection.sendall(again)
            sent += len(again)
    except OSError:
        pass
    return sent

def flooders(number, data):
    for _ in range(number):
        if os.fork() == 0:
            while True:
                os.write(1, data)
"""

_BODIES = {
    "lines": """
        flooders(2, b"a line of output\\n" * 3000)
        time.sleep(event.get("seconds", 3))
    """,
    "empty-lines": """
        flooders(2, b"\\n" * 65536)
        time.sleep(event.get("seconds", 3))
    """,
    "one-line": """
        flooders(2, b"x" * 65536)
        time.sleep(event.get("seconds", 3))
    """,
    "url": """
        return send_until(end_of(event), api(), b"GET /", b"a" * 65536)
    """,
    "header": """
        return send_until(end_of(event), api(), b"GET / HTTP/1.1\\r\\nHost: x\\r\\nLambda-X: ", b"a" * 65536)
    """,
    "headers": """
        line = b"Lambda-%d: " + b"a" * 40 + b"\\r\\n"
        more = b"".join(b"Lambda-%d: aaaaaaaaaaaaaaaaaaa\\r\\n" % n for n in range(3000))
        return send_until(end_of(event), api(), b"GET / HTTP/1.1\\r\\nHost: x\\r\\n", more)
    """,
    "pipelined": """
        return send_until(end_of(event), api(), b"", b"GET /ping HTTP/1.1\\r\\n\\r\\n" * 6000)
    """,
    "pipelined-read": """
        import threading
        connection = api()
        def read():
            while connection.recv(1 << 20):
                pass
        threading.Thread(target=read, daemon=True).start()
        return send_until(end_of(event), connection, b"", b"GET /ping HTTP/1.1\\r\\n\\r\\n" * 6000)
    """,
    "connections": """
        end, held = end_of(event), []
        while time.monotonic() < end:
            try:
                held.append(api())
                held[-1].sendall(b"GET /ping HTTP/1.1\\r\\n")
            except OSError:
                held.clear()
        return len(held)
    """,
    "chunks": """
        head = b"POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n"
        return send_until(end_of(event), api(), head, b"1\\r\\nx\\r\\n" * 10000)
    """,
    "fork-bomb": """
        end = end_of(event)
        made = 0
        while time.monotonic() < end:
            try:
                if os.fork() == 0:
                    while True:
                        try:
                            os.fork()
                        except OSError:
                            pass
                made += 1
            except OSError:
                pass
        return made
    """,
    "memfd": """
        end, size, chunk = end_of(event), 0, b"x" * (1 << 20)
        held = os.memfd_create("m")
        while time.monotonic() < end and size < event.get("mb", 700):
            size += os.write(held, chunk) >> 20
        return size
    """,
    "socket-buffers": """
        end, size, held, chunk = end_of(event), 0, [], b"x" * (1 << 16)
        while time.monotonic() < end and len(held) < 450:
            one, other = socket.socketpair()
            held.append((one, other))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
            one.setblocking(False)
            try:
                while True:
                    size += one.send(chunk)
            except OSError:
                pass
        time.sleep(max(0, end - time.monotonic()))
        return size >> 20
    """,
}


def source(name: str) -> str:
    """The code of a hostile function."""
    return f"{_HEAD}\ndef handler(event, context):{_BODIES[name].rstrip()}\n"


NAMES = tuple(_BODIES)
