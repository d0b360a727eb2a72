"""Server of the Model Context Protocol, with netful's tools."""

from importlib.metadata import version

from mcp.server import MCPServer
from mcp.server.mcpserver.tools import Tool
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
    tools = Tools(sources)
    listed = [_tool(tools, name) for name in (*_READS, *_ACTS)]
    return MCPServer("netful", instructions=_INSTRUCTIONS, version=version("netful"), tools=listed, log_level="ERROR")


def _tool(tools: Tools, name: str) -> Tool:
    """Return a tool that refuses arguments that it does not have: without them it would answer another question."""
    hints = ToolAnnotations(read_only_hint=name in _READS, open_world_hint=False)
    made = Tool.from_function(errors_named(getattr(tools, name)), name, annotations=hints, structured_output=False)
    arguments = made.fn_metadata.arg_model
    arguments.model_config["extra"] = "forbid"
    arguments.model_rebuild(force=True)
    made.parameters = arguments.model_json_schema(by_alias=True)
    return made
