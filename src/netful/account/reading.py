"""Operations that only look: each is a function over the view of the cloud that runs, and lists are answered in pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from netful.account.operations.query_api import Operation, Parameters
from netful.account.wire.errors import ApiError, invalid_value
from netful.model.core import Frozen, whole_number

V = TypeVar("V")
Record = Mapping[str, Any]
Look = Callable[[V, Parameters], Record]
"""Returns the answer to a request, from the view of the cloud. Raises ApiError."""


def operations(looks: Mapping[str, Look[V]], view: Callable[[], V]) -> dict[str, Operation]:
    """Return the operations that perform some looks, by name; `view` shows the cloud as it is at each look."""

    def looking(look: Look[V]) -> Operation:
        async def operation(asked: Parameters) -> Record:
            return look(view(), asked)

        return operation

    return {name: looking(look) for name, look in looks.items()}


class Paging(Frozen):
    """The paging of a service's lists. A token is the place where the next page begins.

    `token` and `size` are the parameters of requests, `following` is the member of answers with the next token, `usual` is
    the size of a page. `code` and `text` are the error for another token.
    """

    token: str
    following: str
    size: str
    usual: int
    code: str
    text: str

    def page(self, member: str, asked: Parameters, records: Sequence[Any]) -> dict[str, Any]:
        """Return the answer with one page in a member. Raises ApiError for a token that is not a place."""
        token, size = str(asked.get(self.token) or "0"), int(asked.get(self.size) or self.usual)
        start = whole_number(token)
        if start is None:
            raise ApiError(self.code, self.text.format(token))
        if size < 0:
            raise invalid_value(f"Value ({size}) for parameter {self.size} is invalid.")
        more = {self.following: str(start + size)} if start + size < len(records) else {}
        return {member: records[start : start + size], **more}
