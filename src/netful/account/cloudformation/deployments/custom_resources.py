"""Custom resources of stacks: made and changed in the order of their references, and deleted when they are replaced or gone."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from netful.account.cloudformation.account import Account, DeploymentError
from netful.account.cloudformation.deployments.custom_requests import CustomRequests, Made, texts
from netful.account.cloudformation.deployments.stack_view import in_order, inside, logical_id
from netful.model.cloud import Cloud
from netful.model.core import NetfulError, Resource
from netful.sources.account.deployed_stack import CUSTOM_TYPES, DeployedStack
from netful.sources.template.values import unknowns_in

log = logging.getLogger(__name__)
_PATIENCE_OF_TEMPLATES = 15.0  # for an answer, after the function has ended
Place = tuple[str, str]
"""Stack and logical id of a custom resource, as `DeployedStack.made` has them."""


def own(cloud: Cloud, stack: str) -> dict[Place, Resource]:
    """Return the custom resources of a stack and of those nested in it, those that others refer to first."""
    ordered = in_order(inside(cloud, stack))
    return {place(one): one for one in ordered if one.type.startswith(CUSTOM_TYPES)}


def place(resource: Resource) -> Place:
    """Return the place of a custom resource."""
    return resource.stack, logical_id(resource)


def waiting(cloud: Cloud, stacks: Iterable[DeployedStack]) -> frozenset[str]:
    """Return the ids of resources that may need what a custom resource of their stack has not answered yet."""
    asking = [one.name for one in stacks if own(cloud, one.name).keys() - one.made.keys()]
    return frozenset(one.id for name in asking for one in inside(cloud, name) if unknowns_in(one.properties))


class CustomResources:
    """The custom resources of an account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._requests = CustomRequests(account)

    async def of_template(self, stack: DeployedStack, resource: Resource, made: Made | None) -> Made:
        """Have a resource of a template that `up` named made, or changed; return the answer, `made` if nothing has changed.

        Raises DeploymentError if it fails. `up` does not wait an hour for an answer.
        """
        self._requests.patience = _PATIENCE_OF_TEMPLATES
        return await self._current(stack, resource, made)

    async def answered(self, stack: DeployedStack, others: tuple[DeployedStack, ...]) -> DeployedStack:
        """Have the custom resources of a deployed stack made and changed; return the stack with their answers, deployed.

        Raises DeploymentError if one fails, or if an answer lacks what the template asks for.
        """
        for at, one in own(self._account.cloud, stack.name).items():
            current = self._account.cloud.template.resources[one.id]  # an answer to another one may have changed it
            made = await self._current(stack, current, stack.made.get(at))
            if made != stack.made.get(at):
                stack = replace(stack, made={**stack.made, at: made})
                await self._account.deploy((*others, stack))
        _refuse_absent(self._account.cloud, stack)
        return stack

    async def deleted(self, stack: DeployedStack, resources: Mapping[Place, Resource], kept: Collection[Place]) -> None:
        """Have the functions delete resources, the last first, before they go themselves. Raises DeploymentError if one fails."""
        for at in reversed([*resources]):
            if at in stack.made and at not in kept:
                await self._requests.ask(stack, resources[at], "Delete", stack.made[at])

    async def cleaned_up(
        self, former: DeployedStack, stack: DeployedStack, before: Mapping[Place, Resource], kept: Collection[Place]
    ) -> None:
        """Have the functions delete what an update of a stack has replaced or removed, except for `kept`, the last first.

        As on AWS, a resource that is not deleted does not end the update.
        """
        for at in reversed([*before]):
            made, now = former.made.get(at), stack.made.get(at)
            if made is not None and at not in kept and (now is None or now["Ref"] != made["Ref"]):
                await self._tried(former, before[at], "Delete", made)

    async def taken_back(self, former: DeployedStack | None, stack: DeployedStack, left: Mapping[Place, Made]) -> None:
        """Have the functions delete what a failed deployment of a stack made, while they exist. `left` are those that failed."""
        before, made = former.made if former is not None else {}, {**stack.made, **left}
        resources = own(self._account.cloud, stack.name)
        for at in reversed([*resources]):
            if at in made and at not in before:
                await self._tried(stack, resources[at], "Delete", made[at])

    async def restored(self, former: DeployedStack, stack: DeployedStack, left: Mapping[Place, Made]) -> DeployedStack:
        """Have the functions change back what a failed update of a stack changed; return the stack before, with their answers."""
        changed, made = {**stack.made, **left}, dict(former.made)
        for at, resource in own(self._account.cloud, former.name).items():
            one = changed.get(at)
            if one is not None and at in made and one != made[at]:
                made[at] = await self._tried(former, resource, "Update", one) or made[at]
                if made[at]["Ref"] != one["Ref"]:
                    await self._tried(former, resource, "Delete", one)
        return replace(former, made=made)

    async def _tried(self, stack: DeployedStack, resource: Resource, kind: str, made: Made) -> Made | None:
        try:
            return await self._requests.ask(stack, resource, kind, made)
        except NetfulError as error:
            log.warning("%s: %s of the custom resource failed: %s", resource.id, kind, error)
            return None

    async def _current(self, stack: DeployedStack, resource: Resource, made: Made | None) -> Made:
        if made is not None and made["properties"] == texts(resource.properties):
            return made
        return await self._requests.ask(stack, resource, "Create" if made is None else "Update", made or {})


def _refuse_absent(cloud: Cloud, stack: DeployedStack) -> None:
    """Raise DeploymentError if a resource or an output has an attribute that the answer of a custom resource does not have."""
    asking = [(one.id, one.stack, one.properties) for one in inside(cloud, stack.name)]
    asking += [("", one.stack, {one.id: one.value}) for one in cloud.template.outputs if one.stack == stack.name]
    for id_, name, value in asking:
        for need in (need for one in unknowns_in(value) for need in one.needs):
            maker, _, attribute = need.partition(".")
            if (name, maker) in stack.made:
                where = f"in object {stack.id}|{maker}"
                text = f"CustomResource attribute error: Vendor response doesn't contain {attribute} attribute {where}"
                raise DeploymentError(text, id_)
