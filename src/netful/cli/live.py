"""`netful trace --live`: the path of a real packet in the kernel, below the prediction."""

from typing import Any

from netful.cli.options.stacks import StackOptions, connected
from netful.render.language import spoken
from netful.render.visible import visible


def testimonies(stack: StackOptions, source: str, destination: str) -> list[dict[str, Any]]:
    """Have the running stack send a packet; return every rule that it met, and current health problems."""
    seen: list[dict[str, Any]] = connected(stack).call("witness", source=source, destination=destination)
    return seen


def testimony_text(one: dict[str, Any]) -> str:
    """Return a testimony as lines of text."""
    one = visible(one)
    attempt = one["attempt"]
    place, verdict, detail = (spoken(attempt[part]) for part in ("place", "verdict", "detail"))
    lines = [f"{spoken('the kernel')}, {place}: {verdict}, {detail}"]
    packet = None
    for testimony in one["testimonies"]:
        if testimony["packet"] != packet:
            packet = testimony["packet"]
            lines.append(f"  {packet} in {testimony['vpc_id']}")
        lines.append(f"    {testimony['stage']:<13} {testimony['verdict']:<7} {testimony['rule']}")
    lines += [f"{spoken('not well')}: {spoken(unwell)}" for unwell in one["unwell"]]
    return "\n".join(lines)
