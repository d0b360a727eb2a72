"""A thread that polls descriptors, and ends when a descriptor of its own is readable."""

import os
import threading
from collections.abc import Callable


class PollingThread:
    """A thread whose function receives the descriptor that is readable at the end."""

    def __init__(self, run: Callable[[int], None], name: str) -> None:
        self._ended, self._end = os.pipe()
        self._thread = threading.Thread(target=run, args=(self._ended,), name=name, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Wait for the end of the thread."""
        os.close(self._end)
        self._thread.join()
        os.close(self._ended)
