"""Answers that hold as long as the same cloud runs: clients that wait ask the same again and again."""

from collections.abc import Callable, Collection

_MOST, _LONGEST = 256, 1 << 20


class KeptAnswers:
    """The answers of operations that follow from the running cloud alone, by the bodies of their requests.

    `running` returns the cloud; `names` are the operations.
    """

    def __init__(self, running: Callable[[], object], names: Collection[str]) -> None:
        self._running = running
        self._names = frozenset(names)
        self._of: object = None
        self._answers: dict[bytes, tuple[bytes, bytes]] = {}

    def find(self, body: bytes, request_id: str) -> bytes | None:
        """Return the answer to a request, under the request's id; None where it is not kept."""
        if self._running() is not self._of:
            self._of = None
            self._answers.clear()
            return None
        found = self._answers.get(body)
        return found and found[1].replace(found[0], request_id.encode(), 1)

    def keep(self, name: str, body: bytes, request_id: str, answer: bytes, of: object) -> None:
        """Keep the answer that an operation gave while a cloud ran; one that does not follow from it alone is not kept."""
        if name in self._names and of is self._running() and len(answer) <= _LONGEST:
            if self._of is not of or len(self._answers) >= _MOST:
                self._answers.clear()
            self._of = of
            self._answers[body] = request_id.encode(), answer

    def now(self) -> object:
        """Return the cloud that runs."""
        return self._running()
