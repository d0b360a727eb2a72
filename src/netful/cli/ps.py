"""`netful ps`: the stacks and accounts that run."""

from netful.cli.options.options import ReportOptions
from netful.model.core.errors import StackError
from netful.render.columns import columns
from netful.render.json import dumps
from netful.render.language import spoken
from netful.render.visible import visible
from netful.stack.control.client import Client
from netful.stack.control.folder import running


def ps(*, report: ReportOptions = ReportOptions()) -> int:  # noqa: B008  # frozen
    """List the running stacks and accounts of this user, each with its endpoint and its folder."""
    found = [_one(name) for name in running()]
    if report.format == "json":
        print(dumps(found))
    else:
        print("\n".join(columns((_row(one) for one in visible(found)), indent="")) or spoken("nothing is running"))
    return 0


def _row(one: dict[str, str]) -> tuple[str, ...]:
    return one["stack"], spoken(one["state"]), one["endpoint_url"], one["folder"]


def _one(name: str) -> dict[str, str]:
    try:
        with Client(name) as client:
            status = client.call("status")
    except StackError:  # it starts, or ends
        return {"stack": name, "state": "starting", "endpoint_url": "", "folder": ""}
    return {"stack": name} | {member: status[member] for member in ("state", "endpoint_url", "folder")}
