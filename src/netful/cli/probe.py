"""`netful probe`: send real packets along a path and compare with the prediction."""

import sys
from dataclasses import asdict
from typing import Annotated, Any

from netful.cli.options.options import ReportOptions
from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import StackOptions, connected, stack_name
from netful.model.core import QuestionError
from netful.render.columns import columns
from netful.render.json import dumps
from netful.render.language import spoken
from netful.render.visible import visible
from netful.stack.control.client import Client

UNKNOWN = 3
_MARKS = {True: "✓", False: "✗", None: "?"}


def probe(
    source: str | None = None,
    destination: str | None = None,
    *,
    matrix: Annotated[bool, Parameter(negative=())] = False,
    apis: Annotated[bool, Parameter(negative=())] = False,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
    report: ReportOptions = ReportOptions(),  # noqa: B008  # frozen
) -> int:
    """Send real packets from FROM to TO and compare the result with the prediction of `trace`. Exit 1 if they differ.

    Parameters
    ----------
    source:
        The source, as for `trace`.
    destination:
        The destination, as for `trace`.
    matrix:
        Try every function and service against every destination in use instead.
    apis:
        With `--matrix`: try every client against every way to every API.
    """
    if matrix and source is not None:
        raise QuestionError(
            "`--matrix` asks all pairs: FROM and TO are too many", hint="leave out FROM and TO, or the option"
        )
    if matrix:
        return _matrix(stack, report, apis=apis)
    if source is None or destination is None:
        raise QuestionError("`probe` needs FROM and TO", hint="netful probe OrdersFn aws:ssm, or netful probe --matrix")
    found = asdict(connected(stack).probe(source, destination))
    print(dumps(found) if report.format == "json" else _text(spoken(visible(found))))
    if found["agree"] is None:
        return UNKNOWN
    return 0 if found["agree"] else 1


def _matrix(stack: StackOptions, report: ReportOptions, *, apis: bool) -> int:
    """Try all pairs and print a line for each, or the table of the ways to the APIs."""
    found: list[dict[str, Any]] = []
    with Client(stack_name(stack)) as client:
        asked = client.conclude(client.stream("probe-matrix", apis=apis), found.append)
    found.sort(key=lambda one: (one["source"], one["destination"]))
    if report.format == "json":
        print(dumps(found))
    else:
        print(_ways(found, asked) if apis else "\n".join(columns(map(_line, spoken(visible(found))), indent="")))
    tried = [one for one in found if "untried" not in one]
    differ = sum(one["agree"] is False for one in tried)
    print(spoken(f"{len(tried)} tried, {differ} differ, {len(found) - len(tried)} not tried"), file=sys.stderr)
    return 1 if differ else 0


def _ways(found: list[dict[str, Any]], asked: dict[str, Any]) -> str:
    from netful.engine.apis.ways import Way  # noqa: PLC0415 (only when it is asked for)
    from netful.render.ways import ways_text  # noqa: PLC0415

    cells = {(one["source"], one["destination"]): _cell(one) for one in found}
    return ways_text([Way(**way) for way in asked["ways"]], asked["clients"], cells)


def _cell(one: dict[str, Any]) -> str:
    """Return the observed result in a word, with the prediction if it differs."""
    from netful.render.ways import symptom_text  # noqa: PLC0415 (only when it is asked for)

    if "untried" in one:
        return "-"
    seen = [symptom_text(attempt["symptom"], attempt["status"]) for attempt in one["observed"]]
    text = next((word for word in seen if word != symptom_text("none", None)), seen[0])
    return text if one["agree"] is not False else f"{text} not {_word(one['predicted'])}"


def _line(one: dict[str, Any]) -> tuple[str, ...]:
    way = f"{one['source']} → {one['destination']}"
    if "untried" in one:
        return f"- {way}", spoken("not tried"), one["untried"]
    seen = ", ".join(dict.fromkeys(_word(each) for each in one["observed"] if each["symptom"] != "none"))
    return f"{_MARKS[one['agree']]} {way}", spoken(one["predicted"]["verdict"]), seen


def _word(one: dict[str, Any]) -> str:
    """Return the result at the client: a status that came from a hop before the destination, else the symptom."""
    return str(one["status"]) if one["symptom"] == "http" else spoken(str(one["symptom"]))


def _text(found: dict[str, Any]) -> str:
    observed: list[dict[str, Any]] = found["observed"]
    rows = [(spoken("predicted"), _outcome(found["predicted"]), "", "", "")]
    rows += [
        (spoken("observed"), _outcome(one), f"{one['ms']:.1f} ms", one["place"], one["detail"]) for one in observed
    ]
    lines = [f"{_MARKS[found['agree']]} {found['source']} → {found['destination']}", *columns(rows)]
    lines += [f"{spoken('assumes')}: {text}" for text in found["predicted"]["assumptions"]]
    if any(one["symptom"] == "refused" for one in observed):
        hint = spoken("the network delivers, and nothing listens there: `netful status` says what answers")
        lines.append(f"{spoken('hint')}: {hint}")
    return "\n".join(lines)


def _outcome(one: dict[str, Any]) -> str:
    """Return the result for the client: a far end that refuses is reached, but of no use."""
    if one["symptom"] in {"none", ""}:
        return spoken(str(one["verdict"]))
    return spoken("refused") if one["symptom"] == "refused" else f"{spoken(one['verdict'])}, {_word(one)}"
