"""`netful resilience`: the single failures that end a flow."""

from typing import Annotated, Literal

from netful.cli.cluster.accounts import over_accounts
from netful.cli.cluster.options import ClusterOptions
from netful.cli.options.options import ModelOptions, Quiet
from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import LiveOptions, source_network

Format = Literal["text", "json", "markdown"]


@over_accounts
def resilience(
    *,
    apis: Annotated[bool, Parameter(negative=())] = False,
    model: ModelOptions = ModelOptions(),  # noqa: B008 (frozen)
    account: LiveOptions = LiveOptions(),  # noqa: B008 (frozen)
    cluster: ClusterOptions = ClusterOptions(),  # noqa: ARG001, B008 (read by the decorator; frozen)
    format_: Annotated[Format, Parameter(name="--format")] = "text",
    quiet: Quiet = False,
) -> int:
    """List the flows that work, each with the single failures that end it, and what would mend that.

    A failure is one availability zone, gateway, endpoint, interface of an endpoint, node of a load balancer, instance or link.
    `partly`: only the senders in some subnets lose the flow. `netful trace --without FAILURE` shows the path in a failure.

    Parameters
    ----------
    apis
        Every client on every way to every API, instead of functions and services to the destinations in use.
    format_
        text, json, or markdown for a pull request.
    quiet
        Print no warnings.
    """
    network = source_network(model, account, quiet=quiet)
    report = network.resilience(apis=apis)
    if format_ == "json":
        from netful.render.json import dumps  # noqa: PLC0415

        print(dumps(report.to_json()))
    elif format_ == "markdown":
        from netful.render.resilience import resilience_markdown  # noqa: PLC0415

        print(resilience_markdown(network.readable(report)))
    else:
        from netful.render.resilience import resilience_text  # noqa: PLC0415

        print(resilience_text(network.readable(report)))
    return 0
