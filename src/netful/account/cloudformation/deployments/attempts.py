"""Attempts of deployments: the step of the account to a stack's next template, as a whole or without what cannot be made.

With a rollback, a failure leaves the account as before. Without one, what does not depend on the failed resource is made.
"""

import contextlib
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from netful.account.carried import carried
from netful.account.cloudformation.account import Account, DeploymentError
from netful.account.cloudformation.deployments import changes as change_list
from netful.account.cloudformation.deployments import stack_view
from netful.account.cloudformation.deployments.changes import Seen, replacements
from netful.account.cloudformation.deployments.custom_requests import CustomResourceError
from netful.account.cloudformation.deployments.custom_resources import CustomResources, Place, own, place
from netful.account.cloudformation.deployments.existing_names import refuse_existing_names
from netful.account.cloudformation.deployments.exports import refuse_missing_imports, refuse_taken_exports
from netful.account.cloudformation.deployments.missing_values import refuse_missing_values
from netful.account.cloudformation.deployments.misspellings import refuse_misspelt
from netful.account.cloudformation.deployments.overlaps import refuse_overlaps
from netful.account.cloudformation.deployments.plan import Plan, kept, stays
from netful.account.cloudformation.deployments.published_versions import numbered
from netful.account.cloudformation.deployments.refusals import (
    refuse_custom_names,
    refuse_functions,
    refuse_mismatches,
    refuse_missing,
    refuse_nested_parameters,
    refuse_taken_names,
    refuse_unresolved,
)
from netful.account.cloudformation.deployments.stack_view import dependents, failed_at, inside, own_name
from netful.account.cloudformation.records import Content, StackRecord
from netful.account.cloudformation.templates.contents import keeping
from netful.account.cloudformation.templates.objects import with_objects
from netful.account.cloudformation.templates.template_text import parsed, section
from netful.account.wire.errors import refusal
from netful.model.core import Frozen, NetfulError, Resource, SourceError
from netful.model.names.generated.generated_names import is_name_made, physical_name
from netful.services.deploy.dynamic_references import value_at
from netful.sources.account.deployed_stack import DeployedStack
from netful.sources.template.values import unknowns_in

log = logging.getLogger(__name__)
_OF_PARAMETER = "resolve:ssm:"


class Failure(Frozen):
    """Why a deployment cannot be made, and the resource at fault, "" if that is not known."""

    reason: str
    at: str = ""


class Outcome(Frozen):
    """The end of a deployment: its plan, None if it could not be read; the failures in their order.

    `unmade` are the resources at fault with those that depend on them. `partial`: all others were made, of `content`.
    """

    plan: Plan | None
    failures: tuple[Failure, ...] = ()
    unmade: frozenset[str] = frozenset()
    partial: bool = False
    content: Content | None = None

    @property
    def reason(self) -> str:
        """The reason of the first failure, "" without one."""
        return self.failures[0].reason if self.failures else ""

    @property
    def at(self) -> str:
        """The resource of the first failure."""
        return self.failures[0].at if self.failures else ""


@dataclass(slots=True)
class _Without:
    """The resources that an attempt leaves out, and the answers of custom resources that an earlier one has."""

    unmade: frozenset[str] = frozenset()
    made: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)


class Attempts:
    """The attempts to deploy the stacks of an account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.custom = CustomResources(account)

    def deployed(self, name: str) -> DeployedStack | None:
        """Return a stack as it is deployed."""
        return next((one for one in self._account.stacks if one.name == name), None)

    def others(self, name: str) -> tuple[DeployedStack, ...]:
        """Return the other stacks that are deployed."""
        return tuple(one for one in self._account.stacks if one.name != name)

    async def plan(self, record: StackRecord, content: Content, without: _Without | None = None) -> Plan:
        """Return the deployment of a content to a stack. Raises NetfulError where it cannot be made."""
        without = without or _Without()
        given = {**content.parameters, **content.resolved, "AWS::StackName": record.name, "AWS::StackId": record.id}
        former = self.deployed(record.name)
        tags = {one["Key"]: one.get("Value", "") for one in content.tags}
        imported = {name: id_ for name, id_ in content.imported.items() if id_}
        stack = DeployedStack(
            record.name, content.file, given, made=without.made, unmade=without.unmade, tags=tags, ids=imported
        )
        if former:
            stack = replace(stack, made={**former.made, **without.made}, generations=former.generations)
        there = self._account.cloud.template.resources
        again = {(record.name, name): there[id_].generation for name, id_ in imported.items() if id_ in there}
        stack = replace(stack, generations={**again, **stack.generations})
        replaced: set[str] = set()
        while True:
            plan = await self._planned_once(record, content, stack)
            if published := numbered(self._account, plan):
                stack = replace(plan.stack, made={**plan.stack.made, **published})
                continue
            if read := await self._parameters_read(plan):
                stack = replace(stack, given={**stack.given, **read})
                continue
            more = replacements(plan.changes, plan.after) - replaced
            if taken := self._of_retained(plan):
                stack = replace(plan.stack, generations={**plan.stack.generations, **taken})
                continue
            if not more:
                return plan
            refuse_custom_names(more, plan.before, plan.after)
            replaced |= more
            stack = self._with_next(plan, more)

    async def _planned_once(self, record: StackRecord, content: Content, stack: DeployedStack) -> Plan:
        """Return the plan of a deployment; resources that refer to a replaced one may have to be replaced themselves."""
        stack, cloud = await with_objects(self._account, stack, self.others(record.name))
        root = parsed(content.body)
        before, after = self.seen(record), stack_view.seen(cloud, record.name, root)
        return Plan(stack, cloud, root, before, after, tuple(change_list.changes(before, after)))

    def _of_retained(self, plan: Plan) -> Mapping[tuple[str, str], int]:
        """Return the next generations of new resources that would be made with a name which a retained one has."""
        there = self._account.cloud.template.resources
        names = {(one.type, physical_name(one)): one.generation for one in there.values() if not one.stack}
        return {
            (one.stack, one.logical_id): max(one.generation, names[place]) + 1
            for one in inside(plan.cloud, plan.stack.name)
            if (place := (one.type, physical_name(one))) in names and one.id not in there and is_name_made(one)
        }

    def _with_next(self, plan: Plan, replaced: Collection[str]) -> DeployedStack:
        """Return the stack of a plan with the next generations of replaced resources, beside the former ones that stay."""
        own, there = plan.stack, self._account.cloud.template.resources
        again = {(own.name, name): own.generations.get((own.name, name), 0) + 1 for name in replaced}
        beside = {
            name: next(id_ for number in count(2) if (id_ := f"{own.name}/{name}/{number}") not in there)
            for name in replaced
            if stays(plan.before[name], "UpdateReplacePolicy")
        }
        return replace(own, generations={**own.generations, **again}, ids={**own.ids, **beside})

    async def _parameters_read(self, plan: Plan) -> Mapping[str, str]:
        """Return the values of parameters that exist and that the resources of a plan name by `{{resolve:ssm:…}}`, by the reference."""
        unknown = unknowns_in([one.properties for one in inside(plan.cloud, plan.stack.name)])
        needed = {need for one in unknown if one.reference for need in one.needs if need.startswith(_OF_PARAMETER)}
        names = {need: need.removeprefix(_OF_PARAMETER) for need in needed - plan.stack.given.keys()}
        region, call = plan.cloud.region, self._account.call_host
        values = {need: await value_at("ssm", name, region, call) for need, name in names.items()}
        return {need: value for need, value in values.items() if value is not None}

    def seen(self, record: StackRecord) -> dict[str, Seen]:
        """Return the resources of a stack that exist, as its template has them."""
        if record.content is None or not any(one.there for one in record.members.values()):
            return {}
        return stack_view.seen(self._account.cloud, record.name, parsed(record.content.body))

    async def outcome(
        self,
        record: StackRecord,
        content: Content,
        begun: Callable[[Plan], None],
        *,
        keeps: bool,
        check: Callable[[Plan], Failure | None] = lambda _plan: None,
    ) -> Outcome:
        """Deploy, and return the end of it. `keeps`: a failure leaves what does not depend on the resource at fault.

        `begun` is called before the account changes; what `check` refuses is not tried.
        """
        failures, without = list[Failure](), _Without()
        while True:
            plan, failure = await self._planned(record, content, without)
            if plan is not None and failure is None:
                refused = check(plan)
                if refused is not None:
                    return Outcome(plan, (refused,))
                begun(plan)
                failure = await self._applied(record, plan, content, without, keeps=keeps)
            if failure is None:
                plan = self._as_made(record, plan) if plan is not None else plan
                return Outcome(plan, tuple(failures), without.unmade, partial=bool(failures), content=content)
            failures.append(failure)
            more = self._unmade(record, content, plan, failure) - without.unmade
            content = await self._keeping(record, plan, content) if keeps and more else content
            if not keeps or not more or not self._can_keep(record, plan, content, without.unmade | more):
                return Outcome(plan, tuple(failures), without.unmade | more)
            without.unmade |= more

    def _as_made(self, record: StackRecord, plan: Plan) -> Plan:
        """Return a plan with the changes that the answers of custom resources made of it."""
        after = stack_view.seen(self._account.cloud, record.name, plan.root)
        return replace(
            plan, cloud=self._account.cloud, after=after, changes=(*change_list.changes(plan.before, after),)
        )

    @staticmethod
    def _unmade(record: StackRecord, content: Content, plan: Plan | None, failure: Failure) -> frozenset[str]:
        """Return the resources that a failure prevents."""
        cloud = plan.cloud if plan is not None else None
        return dependents(failure.at, parsed(content.body), record.name, cloud) if failure.at else frozenset()

    def _can_keep(self, record: StackRecord, plan: Plan | None, content: Content, unmade: Collection[str]) -> bool:
        """Return whether a stack can be without some resources: they are new, others are there, and none goes."""
        before = self.seen(record)
        after = {*(plan.after if plan is not None else ()), *section(parsed(content.body), "Resources")}
        return not before.keys() & {*unmade} and not before.keys() - after and bool(after - {*unmade})

    async def _keeping(self, record: StackRecord, plan: Plan | None, content: Content) -> Content:
        """Return a content with what it removes: nothing is removed before all else is done, which it will not be."""
        if record.content is None or plan is None or not self.seen(record).keys() - plan.after.keys():
            return content
        kept_one = keeping(self._account, record.content, content)
        try:
            await self.plan(record, kept_one)
        except NetfulError:  # such as a resource that uses what another one replaces
            return content
        return kept_one

    async def _planned(
        self, record: StackRecord, content: Content, without: _Without
    ) -> tuple[Plan | None, Failure | None]:
        """Return the plan of a deployment, None if its template cannot be read, and why AWS's services refuse it."""
        plan = None
        try:
            plan = await self.plan(record, content, without)
            cloud = carried(self._account.as_written, self._account.cloud, plan.cloud, kept(plan))
            refuse_misspelt(plan.cloud, record.name)
            refuse_nested_parameters(plan.cloud, record.name)
            refuse_unresolved(plan.cloud, record.name)
            refuse_missing(cloud, record.name)
            refuse_functions(cloud, record.name)
            refuse_taken_names(plan.cloud, record.name, self._account.cloud)
            refuse_mismatches(cloud, record.name, self._account.cloud)
            refuse_overlaps(plan)
            is_new = self.deployed(record.name) is None and not plan.before
            await refuse_existing_names(
                self._account, plan.cloud, record.name, is_new=is_new, imported=_imported(plan, content)
            )
            await refuse_missing_values(self._account, plan)
            refuse_missing_imports(plan.cloud, record.name)
            refuse_taken_exports(plan.cloud, record.name)
        except NetfulError as error:
            return plan, Failure(refusal(error), _fault(error, record, content, plan))
        return plan, None

    async def _applied(
        self, record: StackRecord, plan: Plan, content: Content, without: _Without, *, keeps: bool
    ) -> Failure | None:
        """Deploy; return why that failed, and leave the account as before then. `keeps`: the next attempt goes on from it."""
        before, former, is_new = self._account.stacks, self.deployed(record.name), False
        there = own(self._account.cloud, record.name)
        try:
            first = await self._before_removal(record, plan, content, there)
            stacks = (*self.others(record.name), first.stack)
            await self._account.deploy(stacks, kept(first), imported=_imported(plan, content))
            is_new = True
            stack = await self.custom.answered(first.stack, self.others(record.name))
            await self._cleaned_up(record, plan, stack, there, former)
        except NetfulError as error:
            deployed = self.deployed(record.name) if is_new else None
            answers = deployed.made.items() if deployed else ()
            without.made = {**without.made, **{key: made for key, made in answers if plan.stack.made.get(key) != made}}
            with contextlib.suppress(NetfulError):
                await self._back(before, former, None if keeps else deployed, error)
            return Failure(refusal(error), _fault(error, record, content, plan))
        except Exception as fault:
            log.exception("the deployment of `%s` failed", record.name)
            await self._account.deploy(before)
            return Failure(f"Internal Failure: {type(fault).__name__}: {fault}")
        return None

    async def _before_removal(
        self, record: StackRecord, plan: Plan, content: Content, there: Mapping[Place, Resource]
    ) -> Plan:
        """Return a plan that removes nothing, if a custom resource goes: its function has to delete it before it goes itself."""
        if record.content is None or there.keys() <= own(plan.cloud, record.name).keys():
            return plan
        with contextlib.suppress(NetfulError):  # such as a resource that uses what another one replaces
            return await self.plan(record, keeping(self._account, record.content, content))
        return plan

    async def _cleaned_up(
        self,
        record: StackRecord,
        plan: Plan,
        stack: DeployedStack,
        there: Mapping[Place, Resource],
        former: DeployedStack | None,
    ) -> None:
        """Have custom resources that are replaced or gone deleted, and deploy the stack without those that are gone."""
        if former is None:
            return
        here = own(plan.cloud, record.name)
        gone = there.keys() - here.keys()
        stack = replace(stack, made={place: made for place, made in stack.made.items() if place not in gone})
        policies = {place: "UpdateReplacePolicy" if place in here else "DeletionPolicy" for place in there}
        stay = {
            (record.name, name)
            for name, one in plan.before.items()
            if stays(one, policies.get((record.name, name), ""))
        }
        await self.custom.cleaned_up(former, stack, there, stay)
        if gone:
            await self._account.deploy((*self.others(record.name), replace(plan.stack, made=stack.made)), kept(plan))

    async def _back(
        self,
        before: tuple[DeployedStack, ...],
        former: DeployedStack | None,
        deployed: DeployedStack | None,
        error: NetfulError,
    ) -> None:
        """Deploy what was before a failure; custom resources of `deployed` are deleted or changed back by their functions."""
        if deployed is None:
            await self._account.deploy(before)
            return
        at = self._account.cloud.template.resources.get(getattr(error, "resource_id", ""))
        left = {place(at): error.left} if at is not None and isinstance(error, CustomResourceError) else {}
        await self.custom.taken_back(former, deployed, left)
        await self._account.deploy(before)
        if former is not None:
            restored = await self.custom.restored(former, deployed, left)
            if restored != former:
                await self._account.deploy((*self.others(former.name), restored))

    async def back_to(self, record: StackRecord, content: Content) -> tuple[Plan | None, Failure | None]:
        """Deploy what a stack had before; return its plan, and why that failed."""
        plan, failure = await self._planned(record, content, _Without())
        if plan is not None and failure is None:
            failure = await self._applied(record, plan, content, _Without(), keeps=False)
        return plan, failure


def _imported(plan: Plan, content: Content) -> frozenset[str]:
    """Return the resources that an import takes into a stack, by their ids in its cloud."""
    return frozenset(
        one.resource.id for name, one in plan.after.items() if name in content.imported and name not in plan.before
    )


def _fault(error: NetfulError, record: StackRecord, content: Content, plan: Plan | None) -> str:
    """Return the logical id of the resource at fault, "" if that is not known."""
    if isinstance(error, DeploymentError):
        return own_name(record.name, error.resource_id, plan.cloud if plan is not None else None)
    return failed_at(error, content.file, parsed(content.body)) if isinstance(error, SourceError) else ""
