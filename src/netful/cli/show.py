"""`netful show`: the inventory of the network."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from netful.cli.options.options import ModelOptions, ReportOptions, Verbose
from netful.cli.options.stacks import LiveOptions, source_cloud
from netful.model.core.errors import QuestionError

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
    from netful.engine.overview.inventory import inventory  # noqa: PLC0415 (after the options, so that wrong usage is reported at once)

    cloud = source_cloud(model, account, quiet=report.quiet)
    document = inventory(cloud, api_key)
    if id_ is not None:
        document = _about(document, cloud.named(id_))
    if report.format == "json":
        from netful.render.json import dumps  # noqa: PLC0415

        print(dumps(document))
    else:
        from netful.render.inventory import inventory_text  # noqa: PLC0415

        print(inventory_text(document, verbose=verbose or id_ is not None))
    return _UNKNOWN if cloud.template.missing_parameters or cloud.template.missing_imports else 0


def _about(document: dict[str, Any], id_: str) -> dict[str, Any]:
    """Return the parts of the document that contain an id."""
    resources = {name: found for name, found in document["resources"].items() if name == id_}
    lists = {
        name: [item for item in document[name] if _holds(item, id_)]
        for name in ("vpcs", "enis", "endpoints", "apis", "unread")
    }
    if not resources and not any(lists.values()):
        raise QuestionError(f"there is no `{id_}`", hint="`netful show` lists everything")
    return {**document, **lists, "resources": resources}


def _holds(value: Any, id_: str) -> bool:
    if isinstance(value, dict):
        return any(_holds(item, id_) for item in value.values())
    return any(_holds(item, id_) for item in value) if isinstance(value, list) else value == id_
