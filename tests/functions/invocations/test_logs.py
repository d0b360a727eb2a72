"""A log group: events, bounds, the tail, followers."""

import asyncio

import pytest

from netful.functions.invocations.logs import EVENT_OVERHEAD, LogGroup, LogStream


def stream() -> tuple[LogGroup, LogStream]:
    group = LogGroup("/aws/lambda/fn")
    return group, LogStream(group, "a")


def messages(group: LogGroup) -> list[str]:
    return [event.message for event in group.events]


def test_lines_are_events_however_they_are_written():
    group, log = stream()
    for piece in (b"on", b"e\ntwo\nthr", b"ee\n"):
        log.write(piece)
    assert messages(group) == ["one\n", "two\n", "three\n"]


def test_what_is_new_is_told_once():
    group, log = stream()
    log.write(b"one\ntwo\n")
    count, events = group.after(0)
    assert (count, [event.message for event in events]) == (2, ["one\n", "two\n"])
    assert group.after(count) == (2, ())
    log.write(b"x" * 700_000 + b"\n" + b"y" * 700_000 + b"\n")  # longer than what is kept
    count, events = group.after(count)
    assert "".join(event.message for event in events).endswith("y\n")
    assert tuple(group.events) == events


def test_the_lines_of_one_error_are_one_event():
    group, log = stream()
    log.write(b"[ERROR] X: y\rTraceback\r\xc2\xa0 File\n")
    assert messages(group) == ["[ERROR] X: y\nTraceback\n\u00a0 File\n"]


@pytest.mark.packets
def test_a_record_of_several_lines_is_one_event(bench):
    source = (
        "import logging\n"
        "def handler(event, context):\n"
        "    try:\n"
        "        raise ValueError('two\\nlines')\n"
        "    except ValueError:\n"
        "        logging.exception('failed')\n"
        "    print('a\\rb')\n"
        "    raise KeyError('three', ValueError) from None\n"
    )

    async def body(service):
        await service.invoke("Fn", b"{}")
        return messages(service.logs("Fn"))

    logged, printed, failed = (
        one for one in bench.run(source, body) if not one.startswith(("INIT_START", "START", "END", "REPORT"))
    )
    assert logged.splitlines()[1:] == [
        "Traceback (most recent call last):",
        '  File "/var/task/index.py", line 4, in handler',
        "    raise ValueError('two\\nlines')",
        "ValueError: two",
        "lines",
    ]
    assert printed == "a\rb\n"
    assert failed.startswith("[ERROR] KeyError: ('three', <class 'ValueError'>)\nTraceback (most recent call last):\n")


@pytest.mark.packets
def test_an_error_with_a_message_of_several_lines_is_one_event(bench):
    source = "def handler(event, context):\n    raise ValueError('two\\nlines')\n"
    _, log = bench.invoke(source)
    assert "[ERROR] ValueError: two\nlines\nTraceback (most recent call last):\n" in log


def test_a_carriage_return_stays_in_its_line():
    group, log = stream()
    log.write(b"10 %\r20 %\n[ERROR]\ta\rb\n")
    assert messages(group) == ["10 %\r20 %\n", "[ERROR]\ta\rb\n"]


def test_a_line_of_lambda_comes_after_an_unfinished_one():
    group, log = stream()
    log.write(b"no newline")
    log.platform("END\n")
    assert messages(group) == ["no newline\n", "END\n"]


def test_a_line_without_end_is_cut():
    group, log = stream()
    for _ in range(9):
        log.write(b"x" * 65536)
    assert [len(message) for message in messages(group)] == [1 << 18, 1 << 18]


def test_bytes_that_are_not_text_do_no_harm():
    group, log = stream()
    log.write(b"\xff\xfe\n")
    assert messages(group) == ["\ufffd\ufffd\n"]


def test_the_oldest_events_go():
    group, log = stream()
    for number in range(20):
        log.write(b"%d" % number + b"x" * 100_000 + b"\n")
    assert len(group.text) <= 1 << 20
    assert messages(group)[-1].startswith("19x")


def test_the_tail_is_taken_once():
    _, log = stream()
    log.write(b"x" * 5000 + b"\nlast\n")
    assert log.take_tail() == (b"x" * 4090 + b"\nlast\n")
    assert log.take_tail() == b""


def test_a_follower_sees_what_was_and_what_comes():
    async def main() -> list[str]:
        group, log = stream()
        log.write(b"before\n")
        following = group.follow()
        seen = [(await anext(following)).message]
        log.write(b"after\n")
        seen.append((await anext(following)).message)
        await following.aclose()
        return seen

    assert asyncio.run(main()) == ["before\n", "after\n"]


def test_empty_lines_count():
    group, log = stream()
    log.write(b"\n" * 200_000)
    assert len(group.events) <= (1 << 20) // EVENT_OVERHEAD


def test_a_slow_follower_misses_the_oldest():
    async def main() -> list[str]:
        group, log = stream()
        log.write(b"first\n")
        following = group.follow()
        seen = [(await anext(following)).message]
        for number in range(5):
            log.write(b"%d" % number + b"x" * 250_000 + b"\n")
        seen += [(await anext(following)).message[:1] for _ in range(4)]
        await following.aclose()
        return seen

    assert asyncio.run(main()) == ["first\n", "1", "2", "3", "4"]
