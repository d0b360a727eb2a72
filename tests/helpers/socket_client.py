"""A client of WebSocket APIs."""

import os

HOST = "chat.execute-api.us-east-1.amazonaws.com"


class Client:
    """The other side of a WebSocket."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def handshake(self, path="/live", **headers):
        sent = {"Host": HOST, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", **headers}  # fmt: skip
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in sent.items())
        self.writer.write(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        status, *rest = head.split("\r\n")
        self.headers = dict(line.split(": ", 1) for line in rest if line)
        return int(status.split()[1])

    def send(self, payload, opcode=1, final=True, mask=True):
        data = payload if isinstance(payload, bytes) else payload.encode()
        size = len(data)
        bit = 0x80 if mask else 0
        head = bytes([(0x80 if final else 0) | opcode])
        if size < 126:
            head += bytes([bit | size])
        elif size < 65536:
            head += bytes([bit | 126]) + size.to_bytes(2, "big")
        else:
            head += bytes([bit | 127]) + size.to_bytes(8, "big")
        key = os.urandom(4) if mask else b""
        masked = bytes(b ^ key[n % 4] for n, b in enumerate(data)) if mask else data
        self.writer.write(head + key + masked)

    async def frame(self):
        head = await self.reader.readexactly(2)
        size = head[1] & 0x7F
        if size >= 126:
            size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
        return head[0] & 0x0F, await self.reader.readexactly(size)

    async def text(self):
        opcode, payload = await self.frame()
        assert opcode == 1
        return payload.decode()

    async def closed(self):
        opcode, payload = await self.frame()
        assert opcode == 8
        return int.from_bytes(payload[:2], "big")
