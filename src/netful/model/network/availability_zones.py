"""Availability zones of a region: their names and ids."""

_LETTERS = {
    "us-east-1": "abcdef",
    "us-west-1": "ab",
    "us-west-2": "abcd",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abd",
}
_NUMBERS = {"ap-northeast-1": (4, 1, 2), "ca-central-1": (1, 2, 4), "us-west-1": (1, 3)}
"""Numbers in the ids where accounts do not see one of the zones, such as `apne1-az3`."""
_ABBREVIATIONS = {
    "north": "n", "south": "s", "east": "e", "west": "w", "central": "c", "northeast": "ne", "northwest": "nw",
    "southeast": "se", "southwest": "sw", "gov": "g",
}  # fmt: skip


def zone_names(region: str) -> list[str]:
    """Return the names of a region's zones, as far as an account sees them; three where no more is known."""
    return [region + letter for letter in _LETTERS.get(region, "abc")]


def zone_ids(region: str) -> dict[str, str]:
    """Return the zones with their ids (`us-east-1a`: `use1-az1`)."""
    parts = region.split("-")
    short = "".join(_ABBREVIATIONS.get(part, part) for part in parts)
    names = zone_names(region)
    numbers = _NUMBERS.get(region, range(1, len(names) + 1))
    return {name: f"{short}-az{number}" for name, number in zip(names, numbers, strict=True)}
