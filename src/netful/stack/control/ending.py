"""End of a running stack, in order or by force."""

import os
import signal
from contextlib import suppress

from netful.model.core import StackError
from netful.stack.control.client import Client, NoAnswerError
from netful.stack.control.folder import StackFolder


def kill(name: str) -> bool:
    """Kill a stack's process and remove what it leaves; if it is not running, remove what it left and return False."""
    folder = StackFolder(name)
    owner = folder.owner()
    if owner is not None:
        with folder.until_ended(), suppress(ProcessLookupError):
            os.kill(owner, signal.SIGKILL)
    folder.sweep()
    return owner is not None


def end(name: str) -> bool:
    """Stop a stack and wait for its last process; if it is not running, remove what it left and return False."""
    folder = StackFolder(name)
    with folder.until_ended():
        try:
            with Client(name) as client:
                client.call("down")
        except NoAnswerError:
            raise
        except StackError:
            owner = folder.owner()
            if owner is None:
                folder.sweep()
                return False
            with suppress(ProcessLookupError):
                os.kill(owner, signal.SIGTERM)  # the daemon does not listen yet: it is starting
    return True
