"""The rules that a real packet met in a VPC's router, as `nft monitor trace` reports them.

Every AWS rule is one nft rule whose comment names it (`words.py`), so the kernel's report uses AWS's terms. Only first
packets are watched, a request's and its answer's: later ones pass as part of a known flow.
"""

import re
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from netful.fabric.kernel import nft
from netful.fabric.routers.router import VpcRouter
from netful.model.core import Frozen
from netful.model.network.vpc import IPAddress

NETLINK_NETFILTER = 12
_LAST_WORDS_SECONDS, _STEP_SECONDS = 0.5, 0.01

_TABLE = """
table inet testimony {{
  chain watch {{
    type filter hook prerouting priority -350; policy accept;
    {family} daddr {address} tcp dport {port} tcp flags & (syn | rst) != 0 meta nftrace set 1
    {family} saddr {address} tcp sport {port} tcp flags & (syn | rst) != 0 meta nftrace set 1
  }}
}}
"""
_END = "delete table inet testimony"
_LINE = re.compile(r"trace id (?P<packet>\w+) inet vpc (?P<chain>\w+) (?P<what>packet|rule|policy)(?P<rest>.*)")
_COMMENT = re.compile(r'comment "([^"]*)"')
_VERDICT = re.compile(r"\(verdict (\w+)")
_ADDRESSES = re.compile(r"ip6? saddr (\S+) ip6? daddr (\S+)")
_STAGES = (
    (re.compile(r"check_source"), "source check"),
    (re.compile(r"encryption_control"), "encryption"),
    (re.compile(r"block_public_access"), "bpa"),
    (re.compile(r"acl(\d+_out|_of_source)"), "nacl out"),
    (re.compile(r"acl(\d+_in|_of_destination)"), "nacl in"),
    (re.compile(r"groups(_of_source|\d+_out)"), "sg out"),
    (re.compile(r"groups(_of_destination|\d+_in)"), "sg in"),
    (re.compile(r"answered_ports"), "answers"),
    (re.compile(r"gateway_"), "igw"),
)
_BEFORE_ROUTING = {"gateway_in", "check_source", "balancers_return"}
_TOLD = {"accept": "accept", "drop": "drop", "goto": "drop", "return": "accept"}
"""Verdicts of rules, as they are reported: an ACL's allow continues in the next chain, and the chains that rules go to only drop."""


class Testimony(Frozen):
    """One rule that a packet met: its place, its name, and its verdict.

    `packet` is `SOURCE → DESTINATION` at that point.
    """

    vpc_id: str
    packet: str
    stage: str
    rule: str
    verdict: str


class Watch:
    """A watch on one router for a connection to an address and port. Namespace thread only, except reading."""

    def __init__(self, router: VpcRouter, address: IPAddress, port: int) -> None:
        self._router = router
        program = nft.find_program()
        assert program is not None
        nft.load(
            router.node.netns, _TABLE.format(family="ip6" if address.version == 6 else "ip", address=address, port=port)
        )
        try:
            with router.node.netns.inside():
                self._monitor = subprocess.Popen([program, "monitor", "trace"], stdout=subprocess.PIPE, text=True)
        except OSError:
            nft.load(router.node.netns, _END)
            raise

    @property
    def listening(self) -> bool:
        """Return whether the monitor already receives the kernel's events."""
        return bool(self._sockets())

    def stop(self) -> None:
        """End the watch after the monitor has received all events of the kernel."""
        nft.load(self._router.node.netns, _END)
        deadline = time.monotonic() + _LAST_WORDS_SECONDS
        while any(waiting for waiting in self._sockets()) and time.monotonic() < deadline:
            time.sleep(_STEP_SECONDS)
        time.sleep(_STEP_SECONDS)  # the monitor must still print the events that it has read
        self._monitor.terminate()

    def _sockets(self) -> list[int]:
        """Return the waiting bytes of each netfilter socket of the monitor that has joined a group (proc(5))."""
        lines = Path(f"/proc/{self._monitor.pid}/net/netlink").read_text(encoding="ascii").splitlines()[1:]
        fields = [line.split() for line in lines]
        ours = [f for f in fields if int(f[1]) == NETLINK_NETFILTER and int(f[2]) == self._monitor.pid]
        return [int(f[4]) for f in ours if int(f[3], 16)]

    def read(self) -> list[Testimony]:
        """Return the events in order. A packet that is sent again reports the same rules only once."""
        assert self._monitor.stdout is not None
        with self._monitor:
            return [*dict.fromkeys(heard_in(self._router.vpc.id, self._monitor.stdout))]


def heard_in(vpc_id: str, lines: Iterable[str]) -> Iterator[Testimony]:
    """Yield the events in lines of `nft monitor trace`; skip lines that do not concern AWS's rules."""
    last: dict[str, tuple[str, str]] = {}
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            continue
        packet, chain = found["packet"], found["chain"]
        if found["what"] == "packet":
            yield from _unrouted(vpc_id, last, packet)
            addresses = _ADDRESSES.search(found["rest"])
            last[packet] = (chain, " → ".join(addresses.groups()) if addresses else "")
        elif found["what"] == "rule":
            verdict, comment = _VERDICT.search(found["rest"]), _COMMENT.search(found["rest"])
            if verdict and comment and verdict[1] in _TOLD:
                told = _TOLD[verdict[1]]
                yield Testimony(vpc_id, last.get(packet, ("", ""))[1], _stage(chain), comment[1], told)
                if told == "drop":
                    last.pop(packet, None)
    yield from _unrouted(vpc_id, last, None)


def _unrouted(vpc_id: str, last: dict[str, tuple[str, str]], going_on: str | None) -> Iterator[Testimony]:
    """Yield packets that were last seen before routing: no route matched them, or a blackhole did."""
    for packet, (chain, addresses) in [*last.items()]:
        if packet != going_on and chain in _BEFORE_ROUTING:
            del last[packet]
            yield Testimony(vpc_id, addresses, "route", "no route, or a blackhole", "drop")


def _stage(chain: str) -> str:
    return next((stage for pattern, stage in _STAGES if pattern.match(chain)), chain)
