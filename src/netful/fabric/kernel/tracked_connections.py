"""The number of connections that the kernel tracks in a namespace."""

import os

from netful.fabric.kernel.netns import Netns

_COUNT = "/proc/sys/net/netfilter/nf_conntrack_count"


class TrackedConnections:
    """The connections of a namespace, those that closed a short time ago included. Make it on the namespace thread."""

    def __init__(self, netns: Netns) -> None:
        with netns.inside():  # an open file keeps reporting the namespace in which it was opened
            self._file = open(_COUNT, "rb", buffering=0)  # noqa: PTH123, SIM115  # /proc is not a path to handle

    @property
    def count(self) -> int:
        """Their number now. Safe on any thread."""
        return int(os.pread(self._file.fileno(), 20, 0))

    def close(self) -> None:
        """Close the file."""
        self._file.close()
