"""`netful mcp`: tools for agents."""

from netful.cli.options.options import ModelOptions, parameter_values
from netful.model.core import extras


def mcp(*, model: ModelOptions = ModelOptions()) -> None:  # noqa: B008  # frozen
    """Serve netful's tools to an agent by the Model Context Protocol, on stdin and stdout.

    Tools: load, show, trace, check, explain, diff; and at a running stack probe, invoke, logs. Templates are read with every
    question.
    """
    extras.require("mcp", "`netful mcp` needs")
    from netful.agents.server import server  # noqa: PLC0415  # the protocol's SDK takes a second
    from netful.agents.tools import Sources  # noqa: PLC0415

    server(Sources([str(path) for path in model.template], parameter_values(model), model.region)).run()
