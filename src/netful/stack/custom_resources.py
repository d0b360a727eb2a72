"""Custom resources of the templates that `netful up` named: their functions are called as at a deployment.

| | called with |
|---|---|
| when the stack is up | `Create` |
| after a change of the properties | `Update` |

No function is called with `Delete`. One that fails is a warning of the stack, and what uses its answer is unknown.
"""

from pathlib import Path

from netful.model.core import NetfulError, Resource
from netful.model.network.vpc import DEFAULT_STACK
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
        for one in _own(self._account):
            await self._call(self._account.cloud.template.resources[one.id])

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


def _own(account: StackAccount) -> list[Resource]:
    """Return the custom resources of the templates, each after those that it uses."""
    from netful.account.cloudformation.deployments.stack_view import in_order  # noqa: PLC0415

    deployed = {one.name for one in account.stacks} | {DEFAULT_STACK}
    every = account.cloud.template.resources.values()
    own = [one for one in every if one.stack.partition("/")[0] not in deployed]
    if not any(one.type.startswith(CUSTOM_TYPES) for one in own):
        return []
    return [one for one in in_order(own) if one.type.startswith(CUSTOM_TYPES)]
