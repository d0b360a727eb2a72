"""The errors that a user sees.

All of them, as a tree:

    NetfulError             what went wrong, where, why, and a hint; exit code 2
    ├── SourceError         a template, plan or description cannot be read
    ├── QuestionError       a FROM or TO that does not exist or is malformed
    ├── UnknownAnswerError  a yes or no that depends on a missing value
    ├── MissingExtraError   a part of netful needs packages that are not installed
    ├── RightsError         the machine does not permit the operation
    └── StackError          a running stack refuses: not running, running already, a part failed to start
        ├── ConsentError    a project wants something that the user has not agreed to
        ├── UnbuiltError    images are to be built from their Dockerfiles first
        ├── UnkeptError     a change of an account cannot be written to the disk, and is not made
        └── NoResponseError a request got no response: a timeout, a refusal, an unknown name

Every other exception is a bug in netful.
"""

from typing import Any

from netful.model.core.origin import Origin


class NetfulError(Exception):
    """A message for the user.

    `what` is one lower-case line without a full stop, values in backticks. `origin` is the place in the user's files;
    `why` adds a reason; `hint` suggests a fix.
    """

    def __init__(self, what: str, *, origin: Origin | None = None, why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.origin = origin
        self.why = why
        self.hint = hint

    def __str__(self) -> str:
        lines = [f"{self.origin}: {self.what}" if self.origin else self.what]
        if self.why:
            lines.append(f"  {self.why}")
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


class SourceError(NetfulError):
    """A template, plan or description cannot be read."""


class QuestionError(NetfulError):
    """A FROM or TO that does not exist in the loaded sources, or is malformed."""


class UnknownAnswerError(NetfulError):
    """A question for yes or no whose answer depends on a value that is missing."""


class MissingExtraError(NetfulError):
    """A part of netful needs packages that are not installed."""


class RightsError(NetfulError):
    """The machine does not permit the operation (namespaces, nftables)."""


class StackError(NetfulError):
    """A running stack refuses the operation, or no stack is running."""


class ConsentError(StackError):
    """A project wants something that the user has not agreed to; `digest` identifies the folder and what it wants."""

    def __init__(self, what: str, *, digest: str, origin: Origin | None = None, why: str = "", hint: str = "") -> None:
        super().__init__(what, origin=origin, why=why, hint=hint)
        self.digest = digest


class UnbuiltError(StackError):
    """Images are to be built from their Dockerfiles first; `builds` are the builds as JSON has them."""

    def __init__(
        self, what: str, *, builds: list[dict[str, Any]], origin: Origin | None = None, why: str = "", hint: str = ""
    ) -> None:
        super().__init__(what, origin=origin, why=why, hint=hint)
        self.builds = builds


class UnkeptError(StackError):
    """A change of an account cannot be written to the disk, and is not made."""


class NoResponseError(StackError):
    """A request got no response; `symptom` is `timeout`, `refused`, `unreachable`, `dns`, `tls` or `http` (a broken response)."""

    def __init__(self, what: str, *, symptom: str, origin: Origin | None = None, why: str = "", hint: str = "") -> None:
        super().__init__(what, origin=origin, why=why, hint=hint)
        self.symptom = symptom
