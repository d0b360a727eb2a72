"""`netful forecast`: the effect and cost of a load."""

from pathlib import Path
from typing import Annotated

from netful.cli.options.options import ModelOptions, ReportOptions
from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import LiveOptions, source_network
from netful.model.core import QuestionError

_UNKNOWN = 3
_Count = Annotated[int, Parameter(least=1)]


def forecast(
    plan: Path | None = None,
    /,
    *,
    load: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)] = (),
    account_concurrency: _Count = 1_000,
    connections: _Count = 1,
    hours: Annotated[float, Parameter(above=0, most=744)] = 730,
    model: ModelOptions = ModelOptions(),  # noqa: B008 (frozen)
    account: LiveOptions = LiveOptions(),  # noqa: B008 (frozen)
    report: ReportOptions = ReportOptions(),  # noqa: B008 (frozen)
) -> int:
    """Predict the effect of a load: environments, interfaces and addresses in both designs, cold starts, throttles, NAT ports, databases, cost.

    Exit code 1 if a part of the load is throttled, or an address or a port is missing for it.

    Parameters
    ----------
    plan
        A file with steps of loads, as for `netful load`; each load counts at its highest rate.
    load
        WHAT=RATE/MILLISECONDS: a function, or "Api GET /stage/path"; repeat it for several. Without milliseconds: 100.
    account_concurrency
        Concurrency limit of the account.
    connections
        Open connections of one environment.
    hours
        Hours of a month with this load.
    """
    if (plan is None) == (not load):
        raise QuestionError("`forecast` needs loads or a plan", hint="netful forecast --load OrdersFn=120/80")
    from netful.forecast.forecast import short  # noqa: PLC0415 (after the options, so that wrong usage is reported at once)
    from netful.render.forecast import forecast_text  # noqa: PLC0415
    from netful.render.json import dumps  # noqa: PLC0415

    if plan is not None:
        from netful.forecast.load_plan import peaks, read  # noqa: PLC0415

        load = peaks(read(plan))
    network = source_network(model, account, quiet=report.quiet)
    found = network.forecast(*load, account_concurrency=account_concurrency, connections=connections, hours=hours)
    print(dumps(found) if report.format == "json" else forecast_text(network.readable(found)))
    return _UNKNOWN if found["missing"] else int(short(found))
