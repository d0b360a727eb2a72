"""A handler is made by its first request; one that could not be made is made by the next."""

import asyncio

import pytest

from netful.stack.parts.handler_on_demand import HandlerOnDemand


class Made:
    """A handler that counts its requests and ends; the first ones of `failures` are not made."""

    made: list["Made"] = []  # noqa: RUF012  # of this module's tests
    failures = 0

    def __init__(self) -> None:
        if Made.failures:
            Made.failures -= 1
            raise FileNotFoundError
        self.closed = False
        Made.made.append(self)

    async def handle(self, request):
        return request

    async def close(self):
        self.closed = True


def run(failures, handled):
    async def main():
        Made.made, Made.failures = [], failures
        handler = HandlerOnDemand(f"{__name__}:Made")
        for _ in range(failures):
            with pytest.raises(FileNotFoundError):
                await handler.handle("a")
        for _ in range(handled):
            assert await handler.handle("b") == "b"
        await handler.close()

    asyncio.run(main())
    return [one.closed for one in Made.made]


@pytest.mark.parametrize(
    ("failures", "handled", "closed"), [(0, 0, []), (0, 2, [True]), (1, 2, [True]), (2, 1, [True]), (1, 0, [])]
)
def test_a_handler_is_made_once_and_closed(failures, handled, closed):
    assert run(failures, handled) == closed
