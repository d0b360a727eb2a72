"""`netful doctor`: the abilities of this machine."""

from netful.cli.options.options import ReportOptions
from netful.render.columns import columns
from netful.render.json import dumps
from netful.render.language import spoken
from netful.stack.abilities import Ability, abilities

_MARKS = {True: "✓", False: "✗"}


def doctor(*, report: ReportOptions = ReportOptions()) -> int:  # noqa: B008  # frozen
    """Report what netful can do on this machine, and the command for what it cannot. Exit 1 if no stack can run.

    The first lines are what every stack needs; the others are needed by some stacks only.
    """
    found = abilities()
    able = all(one.works for one in found if one.required)
    if report.format == "json":
        print(dumps({"stacks": able, "abilities": [one.to_json() for one in found]}))
    else:
        print(_text(spoken(found)))
    return 0 if able else 1


def _text(found: tuple[Ability, ...]) -> str:
    lines = [*columns((_MARKS[one.works], one.purpose, one.detail) for one in found)]
    fixes = dict.fromkeys(one.fix for one in found if one.fix)
    return "\n".join([*lines, *(f"{spoken('hint')}: {fix}" for fix in fixes)])
