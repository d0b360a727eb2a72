"""`netful ps`: the stacks and accounts that run."""

from netful.cli.options.options import ReportOptions
from netful.model.core import StackError
from netful.render.columns import columns
from netful.render.json import dumps
from netful.render.language import spoken
from netful.render.visible import visible
from netful.stack.control.client import Client, NoAnswerError
from netful.stack.control.folder import running


def ps(*, report: ReportOptions = ReportOptions()) -> int:  # noqa: B008  # frozen
    """List the running stacks and accounts of this user, each with its endpoint and its folder."""
    found = listed()
    print(dumps(found) if report.format == "json" else "\n".join(lines(found)))
    return 0


def listed() -> list[dict[str, str]]:
    """Return the running stacks of this user, each with its state, endpoint and folder."""
    return [_one(name) for name in running()]


def lines(found: list[dict[str, str]]) -> list[str]:
    """Return a line for each stack; without stacks, a line with that."""
    rows = ((one["stack"], spoken(one["state"]), one["endpoint_url"], one["folder"]) for one in visible(found))
    return [*columns(rows, indent="")] or [spoken("nothing is running")]


def _one(name: str) -> dict[str, str]:
    try:
        with Client(name) as client:
            status = client.call("status")
    except NoAnswerError:
        state = "does not answer"
    except StackError:  # it starts, or ends
        state = "starting"
    else:
        return {"stack": name} | {member: status[member] for member in ("state", "endpoint_url", "folder")}
    return {"stack": name, "state": state, "endpoint_url": "", "folder": ""}
