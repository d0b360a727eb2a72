"""Messages to the kernel whose effect many machines cannot show: they are those of iproute2."""

import struct

from netful.fabric.kernel.rtnetlink import Rtnetlink

# `tc qdisc replace dev lo root netem delay 20ms limit 100000`, as strace shows it: after the header, without its length and number.
DELAY = bytes.fromhex(
    "00000000 01000000 00000000 ffffffff 00000000 0a000100 6e6574656d000000 28000200 00000000 a0860100"
    "00000000 00000000 00000000 00000000 0c000a00 002d310100000000"
)
_HEADER = 16
_ACKNOWLEDGED = struct.pack("=IHHIIi", 20, 2, 0, 0, 0, 0)


class Recorder:
    """A route socket that keeps what is sent."""

    def socket(self, *_kind):
        return self

    def setsockopt(self, *_option):
        pass

    setblocking = bind = setsockopt

    def send(self, data):
        self.sent = data

    def recv(self, _size):
        return _ACKNOWLEDGED


def test_a_delay_is_a_queue_of_netem():
    recorder = Recorder()
    rtnetlink = Rtnetlink(recorder)
    rtnetlink.delay(1, 20)
    rtnetlink.flush()
    assert recorder.sent[_HEADER:] == DELAY
    assert struct.unpack_from("=HH", recorder.sent, 4) == (
        36,
        0x505,
    )  # RTM_NEWQDISC; request, acknowledge, replace, create
