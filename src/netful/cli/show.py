"""`netful show`: the inventory of the network."""

from typing import Annotated

from netful.cli.options.options import ModelOptions, ReportOptions, Verbose
from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import LiveOptions, source_network

_UNKNOWN = 3


def show(
    id_: Annotated[str | None, Parameter(name="ID")] = None,
    /,
    *,
    api_key: str | None = None,
    verbose: Verbose = False,
    model: ModelOptions = ModelOptions(),  # noqa: B008 (frozen)
    account: LiveOptions = LiveOptions(),  # noqa: B008 (frozen)
    report: ReportOptions = ReportOptions(),  # noqa: B008 (frozen)
) -> int:
    """List VPCs, subnets and their type, interfaces and the functions that share them, endpoints, APIs, missing values.

    The last part lists what netful does not understand in the sources, the most important first.

    Parameters
    ----------
    id_
        Only this resource, its parts, and what uses it: a logical id, an id of AWS, a name or an ARN.
    api_key
        Show the throttles and quotas of callers with this API key.
    verbose
        Also list every resource, with its type, file and line, and its id or name at AWS.
    """
    network = source_network(model, account, quiet=report.quiet)
    document = network.show(id_ or "", api_key=api_key)
    if report.format == "json":
        from netful.render.json import dumps  # noqa: PLC0415

        print(dumps(document))
    else:
        from netful.render.inventory import inventory_text  # noqa: PLC0415

        print(inventory_text(network.readable(document), verbose=verbose or id_ is not None))
    return _UNKNOWN if network.missing else 0
