"""The access log that a node writes is read as it grows, and does not grow without end."""

from netful.balancer.process import HaProxy

LINE = b"a request " * 100 + b"\n"


def test_a_long_log_begins_anew_and_no_line_is_lost(tmp_path):
    async def spawn(*_words):
        raise AssertionError

    proxy = HaProxy("haproxy", tmp_path, spawn)
    with (tmp_path / "access.log").open("ab", buffering=0) as written:
        written.write(b"first\nhalf of")
        assert proxy.newly_logged() == ["first"]
        written.write(b" the second\n")
        assert proxy.newly_logged() == ["half of the second"]
        for _ in range(20_000):
            written.write(LINE)
        assert len(proxy.newly_logged()) == 20_000
        assert (tmp_path / "access.log").stat().st_size == 0
        written.write(b"after it\n")
        assert proxy.newly_logged() == ["after it"]
