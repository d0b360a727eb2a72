"""Server of the Model Context Protocol, with netful's tools."""

from importlib.metadata import version

from mcp.server import MCPServer
from mcp.types import ToolAnnotations

from netful.agents.answers import errors_named
from netful.agents.tools import Sources, Tools

_INSTRUCTIONS = """netful explains and runs the networks of AWS templates: VPCs, Lambda functions, APIs, endpoints, DNS, policies.
Ask `load` for the names, `trace` why something can or cannot be reached, `check` for problems, and `diff` after an edit. After an
edit, ask again: files are read with every question. `probe`, `invoke` and `logs` need a running stack: `netful up -d`."""
_READS = ("load", "show", "trace", "check", "explain", "diff", "logs")
_ACTS = ("probe", "invoke")


def server(sources: Sources) -> MCPServer:
    """Return a server whose first questions are about some sources."""
    made = MCPServer("netful", instructions=_INSTRUCTIONS, version=version("netful"), log_level="ERROR")
    tools = Tools(sources)
    for name in (*_READS, *_ACTS):
        hints = ToolAnnotations(read_only_hint=name in _READS, open_world_hint=False)
        made.add_tool(errors_named(getattr(tools, name)), name=name, annotations=hints, structured_output=False)
    return made
