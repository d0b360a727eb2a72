"""The status of a running stack, as `netful status --format json` prints it."""

from collections.abc import Iterator
from typing import Any

from netful.account.resource_differences import with_resources
from netful.engine.apis import deployments
from netful.engine.network.route_targets import inspection
from netful.functions.events.not_delivered import not_delivered
from netful.gateway.calls.local_names import api_entries
from netful.model.cloud import Cloud
from netful.model.functions.function import Function
from netful.stack.parts import truststores
from netful.stack.parts.distributions import distribution_entries, not_applied
from netful.stack.parts.lambda_urls import url_entries
from netful.stack.stack import Stack

_DONE = {"+": "made", "-": "deleted", "~": "changed"}


def status(stack: Stack) -> dict[str, Any]:
    """Return the status of a stack."""
    cloud, port = stack.cloud, stack.endpoint.port
    return {
        "state": "running",
        "stack": stack.folder.name,
        "folder": str(stack.settings.home),
        "empty": stack.settings.empty,
        "mode": str(stack.mode),
        "region": cloud.region,
        "internet": stack.settings.internet,
        "endpoint_url": stack.endpoint.url,
        "deployments": [
            {"name": one.name, "status": one.status} for one in stack.account.records() if one.deleted is None
        ],
        "apis": [*api_entries(cloud, port)],
        "functions": [_function(stack, function) for function in cloud.compute.functions.values()],
        "hosts": [*stack.hosts.status(), *stack.fronts.status(), *stack.tasks.status()],
        "answers": stack.hosts.answers(),
        "state_machines": stack.state_machines.status(),
        "distributions": [*distribution_entries(cloud, port)],
        "load_balancers": [*stack.balancers.entries()],
        "nat_gateways": [
            {"resource": nat_id, "connections": node.connections.count}
            for network in stack.networks.fabric.vpcs.networks
            for nat_id, node in network.nat_gateways.items()
        ],
        "calls": dict(sorted(stack.services.front.calls.items())),
        "debugger": debugger(stack),
        "construct_paths": {**cloud.construct_paths},
        "console": stack.console,
        "faults": stack.faults.status(),
        "warnings": [*_warnings(stack)],
    }


def debugger(stack: Stack) -> dict[str, str] | None:
    """Return the debugged function, where a debugger attaches, which ones can, and the folder of its code."""
    door = stack.debug_door
    if door is None:
        return None
    function_id = door.debugging.function_id
    function = stack.cloud.compute.functions.get(function_id)
    code = function.code.local_path if function else None
    return {"resource": function_id, "address": door.address, "clients": door.debugging.clients, "code": code or ""}


def _warnings(stack: Stack) -> Iterator[str]:
    yield from stack.running.warnings
    if missing := (*stack.cloud.template.missing_parameters, *stack.cloud.template.missing_imports):
        what = f"without {', '.join(f'`{name}`' for name in missing)}, what depends on it does not run"
        yield f"{what}: `--param {missing[0]}=…`"
    yield from stack.cloud.template.warnings
    yield from deployments.stale(stack.cloud)
    if not stack.settings.empty:
        yield from _changed_by_api(stack.account.as_written, stack.cloud)
    for part in (
        stack.custom_resources, stack.services.rotation, stack.functions, stack.backends, stack.state_machines, stack.hosts,
        stack.fronts, stack.tasks, stack.balancers, stack.flow_logs, stack.gateway, stack.traces,
    ):  # fmt: skip
        yield from part.warnings
    yield from truststores.warnings(stack.cloud)
    yield from inspection.not_run(stack.cloud)
    yield from not_delivered(stack.cloud)
    yield from not_applied(stack.cloud)


def _changed_by_api(written: Cloud, cloud: Cloud) -> Iterator[str]:
    """Yield a warning for each resource of the templates that an API call has changed."""
    services = cloud.compute.rollouts
    tasks = {eni.id for each in (written, cloud) for id_ in services for eni in each.network.interfaces_of(id_)}
    changed = with_resources(written, cloud) if cloud is not written else ()
    for one in (one for one in changed if one.id not in tasks):  # a deployment places its tasks by itself
        fields = f" ({', '.join(one.fields)})" if one.fields else ""
        done = f"{_DONE[one.sign]} by AWS's API{fields}"
        undone = "" if one.kind == "Role" else ": the next `netful up` undoes it"  # the back end of IAM keeps it too
        yield f"{one.kind} `{one.id}` was {done}{undone}"


def _function(stack: Stack, function: Function) -> dict[str, Any]:
    service, interfaces = stack.functions, stack.interfaces
    problem = service.problems.get(function.id)
    return {
        "resource": function.id,
        "name": function.function_name,
        "state": "Failed" if interfaces.are_missing(function) else service.state(function.id),
        "why": interfaces.why_none(function) if problem is None else problem.why or problem.what,
        "hint": problem.hint if problem is not None else "",
        "environments": len(service.environments(function.id)),
        "counts": service.metrics.totals(function.function_name),
        "interfaces": interfaces.of(function),
        "url": url_entries(service, stack.endpoint.port).get(function.id),
    }
