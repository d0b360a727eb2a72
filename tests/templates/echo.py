"""Answers every connection with what it saw: the client's address, the proxy protocol's header, the request's head. By UDP: the address."""

import asyncio
import json
import struct
import sys

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


async def answer(reader, writer):
    told = {"client": writer.get_extra_info("peername")[0]}
    start = await reader.readexactly(12)
    if start == SIGNATURE:
        _command, _family, length = struct.unpack("!BBH", await reader.readexactly(4))
        addresses = await reader.readexactly(length)
        told["proxied"] = [".".join(map(str, addresses[at : at + 4])) for at in (0, 4)]
        told["fields"] = addresses[12:].hex()
        start = b""
    head = start + await reader.readuntil(b"\r\n\r\n")
    told["head"] = head.decode().splitlines()[:-1]
    body = json.dumps(told).encode()
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
    await writer.drain()
    writer.close()


class Datagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, _data, address):
        self.transport.sendto(address[0].encode(), address)


async def main():
    await asyncio.get_running_loop().create_datagram_endpoint(Datagrams, local_addr=("0.0.0.0", 53))
    async with await asyncio.start_server(answer, *sys.argv[1:] or ["0.0.0.0"], port=8080) as server:
        await server.serve_forever()


asyncio.run(main())
