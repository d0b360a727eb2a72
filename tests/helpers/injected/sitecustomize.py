"""In a daemon that is started with this folder on its path: kill it at a step of what it does in the kernel.

The file $NETFUL_KILL_AT has the number of the step, counted from when the file is there; steps without one are not counted.
`$NETFUL_KILL_AT.steps` gets the number of steps so far.
"""

import os
import signal
import sys
from pathlib import Path

WHERE = os.environ.get("NETFUL_KILL_AT")


def after(owner, name):
    """Count a step after each call of a function."""
    function = getattr(owner, name)

    def counted(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        finally:
            step()

    setattr(owner, name, counted)


def step():
    """Count a step, and end here if it is the one."""
    try:
        wanted = int(Path(WHERE).read_text())
    except FileNotFoundError:
        return
    steps[0] += 1
    Path(f"{WHERE}.steps").write_text(str(steps[0]))
    if steps[0] == wanted:
        os.kill(os.getpid(), signal.SIGKILL)


steps = [0]
if WHERE and "netful.stack.daemon" in sys.orig_argv:
    from netful.fabric.kernel import netns, nft, rtnetlink, syscalls

    after(nft, "load")
    after(rtnetlink.Rtnetlink, "flush")
    after(rtnetlink.Rtnetlink, "delete_link")
    after(netns.Netns, "listen")
    after(netns.Netns, "close")
    after(syscalls, "unshare")
