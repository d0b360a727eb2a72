"""`netful load`: a load on the running stack, beside its forecast."""

from pathlib import Path
from typing import Annotated

from netful.cli.options.file_names import is_named
from netful.cli.options.options import ReportOptions
from netful.cli.options.parameter import Parameter
from netful.cli.options.payload import payload_of
from netful.cli.options.stacks import StackOptions, connected
from netful.model.core import QuestionError

_Repeated = Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)]


def load(
    plan: Path | None = None,
    /,
    *,
    load: _Repeated = (),
    seconds: Annotated[float, Parameter(above=0, most=3600)] = 10,
    header: _Repeated = (),
    payload: str = "",
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
    report: ReportOptions = ReportOptions(),  # noqa: B008  # frozen
) -> int:
    """Send requests at a constant rate to the running stack, and print what was measured beside the forecast.

    Requests, throttles, environments, cold starts, interfaces, connections of NAT gateways, p50 and p99. Exit 1 if a count differs
    from the forecast by more than a tenth. h2load sends the requests, each when it is due, also if earlier ones wait for an answer.

    Parameters
    ----------
    plan
        A file with steps of loads: `[[steps]]` with `seconds` and `loads`.
    load
        WHAT=RATE/MILLISECONDS, as for `netful forecast`: a function, or "Api GET /stage/path"; repeat it for several.
    seconds
        Duration of the loads of `--load`.
    header
        NAME: VALUE, a header of the requests to APIs; repeat it for several.
    payload
        The event of functions and the body of requests: JSON, @FILE, or @- for standard input.
    """
    is_load = plan is not None and "=" in str(plan) and not is_named(str(plan), Path.exists)
    if is_load or (plan is None) == (not load):
        raise QuestionError(
            "`load` needs a plan or loads",
            hint="netful load plan.toml, or netful load --load OrdersFn=20/80 --seconds 10",
        )
    from netful.forecast.load_plan import Step, check, read  # noqa: PLC0415  # after the options, as wrong usage is reported at once
    from netful.library.load import differing, load_stack  # noqa: PLC0415
    from netful.render.json import dumps  # noqa: PLC0415
    from netful.render.language import spoken  # noqa: PLC0415
    from netful.render.load import load_text  # noqa: PLC0415

    steps = (Step(seconds, load),) if plan is None else read(plan)
    check(steps)
    headers, body = dict(map(_header, header)), payload_of(payload) if payload else b""
    found = load_stack(connected(stack), steps, headers, body)
    differences = differing(found)
    if report.format == "json":
        print(dumps(found))
    else:
        print("\n".join([load_text(found), *(f"{spoken('differs from the forecast')}: {one}" for one in differences)]))
    return int(bool(differences))


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise QuestionError(f"`--header {text}` is not a header", hint='--header "x-api-key: VALUE"')
    return name.strip(), value.strip()
