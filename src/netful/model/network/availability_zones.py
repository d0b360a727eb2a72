"""Availability zones of a region: their names and ids."""

_LETTERS = {
    "us-east-1": "abcdef",
    "us-west-1": "ab",
    "us-west-2": "abcd",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
}
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
    return {name: f"{short}-az{number}" for number, name in enumerate(zone_names(region), 1)}
