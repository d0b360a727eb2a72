"""Custom resources of the templates that `netful up` named: their functions are called as at a deployment.

| | called with |
|---|---|
| when the stack is up | `Create` |
| after a change of the properties | `Update` |

No function is called with `Delete`. One that fails is a warning of the stack, and what uses its answer is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from netful.account.ec2.view import DEFAULT_STACK
from netful.model.core.errors import NetfulError
from netful.model.core.resource import Resource
from netful.sources.account.deployed_stack import CUSTOM_TYPES, DeployedStack
from netful.stack.account import StackAccount


class TemplateCustomResources:
    """The custom resources of a stack's own templates. `warnings` are those that failed."""

    def __init__(self, account: StackAccount) -> None:
        self._account = account
        self.warnings: tuple[str, ...] = ()

    async def answer(self) -> None:
        """Call the functions of the resources that are new or changed, in the order of their references."""
        self.warnings = ()
        for id_ in _ordered(self._account):
            await self._call(self._account.cloud.template.resources[id_])

    async def _call(self, resource: Resource) -> None:
        # most stacks have none, and need no deployments
        from netful.account.cloudformation.deployments.custom_resources import CustomResources  # noqa: PLC0415
        from netful.account.cloudformation.deployments.stack_view import logical_id  # noqa: PLC0415
        from netful.account.cloudformation.file_stacks import stack_id  # noqa: PLC0415

        account, name = self._account, logical_id(resource)
        stack = DeployedStack(
            resource.stack, Path(resource.origin.file), {"AWS::StackId": stack_id(account.cloud, resource.stack)}
        )
        before = account.made_in(resource.stack, name)
        try:
            made = await CustomResources(account).of_template(stack, resource, before)
            if made is not before:
                await account.take(resource.stack, name, made)
        except NetfulError as error:
            self.warnings = (
                *self.warnings,
                f"{resource.origin}: `{resource.id}` has failed: {error.why or error.what}",
            )


def _ordered(account: StackAccount) -> Iterator[str]:
    """Return the ids of the custom resources of the templates, each after those that it uses."""
    deployed = {one.name for one in account.stacks} | {DEFAULT_STACK}
    every = account.cloud.template.resources.values()
    own = {r.id: r for r in every if r.type.startswith(CUSTOM_TYPES) and r.stack.partition("/")[0] not in deployed}
    graph = {
        id_: [one for one in (*resource.references, *resource.depends_on) if one in own]
        for id_, resource in own.items()
    }
    try:
        return iter([*TopologicalSorter(graph).static_order()])
    except CycleError:
        return iter(own)
