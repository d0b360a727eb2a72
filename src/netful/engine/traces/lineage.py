"""Lineage of an event in its trace header: how often each function has run for it, `HASH:COUNT` joined by `|`.

Lambda stops a function that runs more than 16 times for one event, because it probably invokes itself in a loop.
"""

from zlib import crc32

MOST_RUNS = 16


def runs(lineage: str, function_id: str) -> int:
    """Return how often a function has run for an event."""
    return _counts(lineage).get(_hash(function_id), 0)


def after_run(lineage: str, function_id: str) -> str:
    """Return the lineage of what a function sends."""
    counts, name = _counts(lineage), _hash(function_id)
    return _text({**counts, name: counts.get(name, 0) + 1})


def merged(lineages: set[str]) -> str:
    """Return the lineage of a batch: of each function the largest count."""
    largest: dict[str, int] = {}
    for counts in map(_counts, lineages):
        largest |= {name: max(count, largest.get(name, 0)) for name, count in counts.items()}
    return _text(largest)


def _hash(function_id: str) -> str:
    return f"{crc32(function_id.encode()):08x}"


def _counts(lineage: str) -> dict[str, int]:
    pairs = (one.partition(":") for one in lineage.replace("%7C", "|").split("|"))  # boto3 quotes the sign
    return {name: int(count) for name, _, count in pairs if count.isdecimal()}


def _text(counts: dict[str, int]) -> str:
    return "|".join(f"{name}:{count}" for name, count in counts.items())
