"""Policies of event buses: a policy replaces all statements, one with a label comes beside them, as deployments put it."""

import json
from typing import Any


def put_as_eventbridge(models: Any) -> None:
    """Put policies as EventBridge does. moto leaves statements of the former policy, and removes others of the same principal."""
    backend = models.EventsBackend
    put = backend.put_permission
    models.EventBus._remove_principals_statements = lambda *_: None  # noqa: SLF001  # there is no public way

    def put_permission(
        own: Any, event_bus_name: str, action: Any, principal: Any, statement_id: Any, condition: Any, policy: Any
    ) -> None:
        put(own, event_bus_name, action, principal, statement_id, condition, policy)
        if policy and not statement_id:
            bus = own.describe_event_bus(event_bus_name or "default")
            labels = {one["Sid"] for one in json.loads(policy)["Statement"]}
            bus._statements = {label: one for label, one in bus._statements.items() if label in labels}  # noqa: SLF001

    backend.put_permission = put_permission
