"""Filters of captures in the language of tcpdump (pcap-filter(7)), compiled for the kernel by libpcap or by tcpdump itself.

Without both, a few words are judged packet by packet (`words`), and all others are refused with the way to get the rest.
"""

import ctypes
import re
import shutil
import struct
import subprocess
from contextlib import suppress

from msgspec import field

from netful.fabric.captures.headers import Headers
from netful.model.core import Frozen, NetfulError

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, and constant of a BPF program."""

SNAPSHOT = 262_144
_ETHERNET = 1
_INSTRUCTION = struct.Struct("=HBBI")
_PATH = "/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin"
_WORDS = re.compile(r"tcp|udp|icmp|port \d+|host [0-9a-f.:]+")
_LIBRARIES = ("libpcap.so.0.8", "libpcap.so.1", "libpcap.so")
_INSTALL = "apt-get install libpcap0.8"


class FilterError(NetfulError):
    """A filter that is not valid, or that this machine cannot compile."""


class Filter(Frozen):
    """A filter: a program for the kernel, or words where nothing can compile one. Both are empty for all packets."""

    program: list[Instruction] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def compiled(text: str) -> Filter:
    """Return a filter from its text. Raises FilterError."""
    if not text.strip():
        return Filter()
    library = libpcap()
    if library is not None:
        return Filter(_by_libpcap(library, text))
    program = shutil.which("tcpdump", path=_PATH)
    return Filter(_by_tcpdump(program, text)) if program is not None else Filter(words=_plain(text))


def libpcap() -> ctypes.CDLL | None:
    """Return libpcap, if it is installed."""
    for name in _LIBRARIES:
        with suppress(OSError):
            return ctypes.CDLL(name)
    return None


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint), ("instructions", ctypes.c_void_p))


def _by_libpcap(library: ctypes.CDLL, text: str) -> list[Instruction]:
    library.pcap_open_dead.restype = ctypes.c_void_p
    library.pcap_geterr.argtypes, library.pcap_geterr.restype = [ctypes.c_void_p], ctypes.c_char_p
    library.pcap_close.argtypes = [ctypes.c_void_p]
    library.pcap_compile.argtypes = [
        ctypes.c_void_p, ctypes.POINTER(_Program), ctypes.c_char_p, ctypes.c_int, ctypes.c_uint32,
    ]  # fmt: skip
    handle, program = library.pcap_open_dead(_ETHERNET, SNAPSHOT), _Program()
    try:
        if library.pcap_compile(handle, ctypes.byref(program), text.encode(), 1, 0xFFFFFFFF):
            raise _invalid(text, (library.pcap_geterr(handle) or b"").decode(errors="replace"))
        content = ctypes.string_at(program.instructions, program.length * _INSTRUCTION.size)
        library.pcap_freecode(ctypes.byref(program))
    finally:
        library.pcap_close(handle)
    return [*_INSTRUCTION.iter_unpack(content)]


def _by_tcpdump(program: str, text: str) -> list[Instruction]:
    done = subprocess.run([program, "-y", "EN10MB", "-ddd", "--", text], capture_output=True, text=True, check=False)
    if done.returncode:
        raise _invalid(text, done.stderr.strip().rpartition("tcpdump: ")[2])
    _, *lines = done.stdout.splitlines()
    return [tuple(map(int, line.split())) for line in lines]  # type: ignore[misc]  # four numbers


def _invalid(text: str, why: str) -> FilterError:
    return FilterError(f"`{text}` is not a filter", why=why, hint="write it as for tcpdump, for example `tcp port 443`")


def _plain(text: str) -> list[str]:
    """Return the words of a filter that needs no libpcap: conditions that are joined by `and`."""
    parts = re.split(r"\s+(?:and|&&)\s+", text.strip())
    if all(_WORDS.fullmatch(part) for part in parts):
        return parts
    raise FilterError(
        f"the filter `{text}` needs libpcap, which is not installed",
        why="without it: `tcp`, `udp`, `icmp`, `port NUMBER` and `host ADDRESS`, joined by `and`",
        hint=_INSTALL,
    )


def admits(words: list[str], packet: Headers) -> bool:
    """Return whether a packet meets all conditions that the kernel did not judge."""
    return all(_meets(word, packet) for word in words)


def _meets(word: str, packet: Headers) -> bool:
    kind, _, value = word.partition(" ")
    if kind == "port":
        return int(value) in (packet.source_port, packet.destination_port)
    if kind == "host":
        return value in (packet.source, packet.destination)
    return packet.protocol == kind
