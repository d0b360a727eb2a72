"""Facts about a cloud, computed once: resources by type, paths, the destinations of functions, their code."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace
from functools import cache, cached_property, partial
from itertools import chain

from netful.checks.facts.handler import Handler, read_handler
from netful.checks.facts.uses import Use, uses_of
from netful.engine.flows.address_families import IPV4
from netful.engine.flows.path import Path
from netful.engine.routing.subnet_kinds import SubnetKind, subnet_kind
from netful.engine.trace.alike import alike
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.cloud import Cloud
from netful.model.core import Frozen, QuestionError, Unknown
from netful.model.functions.function import Function


class Walked(Frozen):
    """A use of a function and the path to it."""

    function: Function
    use: Use
    path: Path


class Facts:
    """A cloud as rules see it. Nothing here changes it."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self._paths: dict[tuple[str, str], Path | None] = {}
        self._shared: dict[tuple[Hashable, str], Path] = {}

    @property
    def vpc_functions(self) -> Iterator[Function]:
        """The functions in a VPC."""
        return (function for function in self.cloud.compute.functions.values() if function.in_vpc)

    @property
    def attached_functions(self) -> Iterator[Function]:
        """The functions that Lambda attaches to a VPC; those on managed instances run in it."""
        return (function for function in self.vpc_functions if function.capacity_provider is None)

    @cached_property
    def handlers(self) -> dict[str, Handler]:
        """The handler of each function whose code can be read."""
        read = ((function.id, read_handler(function)) for function in self.cloud.compute.functions.values())
        return {id_: handler for id_, handler in read if handler is not None}

    @cached_property
    def of_deployments(self) -> set[str]:
        """The functions that only deployments invoke: those of custom resources."""
        custom = (
            resource
            for resource in self.cloud.template.resources.values()
            if resource.type.startswith(("Custom::", "AWS::CloudFormation::CustomResource"))
        )
        named = {name for resource in custom for name in resource.references}
        answering = (id_ for id_, handler in self.handlers.items() if "cfnresponse" in handler.dump)
        return {*answering, *(named & set(self.cloud.compute.functions))}

    @cached_property
    def uses(self) -> dict[str, tuple[Use, ...]]:
        """The destinations of each function."""
        functions = self.cloud.compute.functions.values()
        every = {f.id: uses_of(self.cloud, f, self.handlers.get(f.id)) for f in functions}
        return {id_: tuple(self._reached(id_, use) for use in uses) for id_, uses in every.items()}

    def _reached(self, function_id: str, use: Use) -> Use:
        """Return the use of the first destination that is not blocked, if a use may be one of several."""
        for destination in (use.destination, *use.instead) if use.instead else ():
            one = replace(use, destination=destination)
            if not self.blocked(function_id, [one.question]):
                return one
        return use

    @cached_property
    def walks(self) -> dict[str, tuple[Walked, ...]]:
        """By function, the path to every destination that one in a VPC uses, and to those in a VPC that others use.

        Services for which there is only an endpoint are left out: it may serve others.
        """
        return {function.id: tuple(self._walks(function)) for function in self.cloud.compute.functions.values()}

    @cached_property
    def walked(self) -> tuple[Walked, ...]:
        """The paths of all functions."""
        return tuple(chain.from_iterable(self.walks.values()))

    @cached_property
    def stopped(self) -> tuple[Walked, ...]:
        """The paths of functions with a hop that denies."""
        return tuple(walked for walked in self.walked if walked.path.denials)

    @cached_property
    def to_services(self) -> tuple[Walked, ...]:
        """The paths of functions to AWS's services."""
        return tuple(walked for walked in self.walked if walked.use.service)

    def _walks(self, function: Function) -> Iterator[Walked]:
        for use in self.uses[function.id]:
            if use.assumed or (not function.in_vpc and not use.in_vpc and ".vpce." not in use.destination):
                continue
            path = self.path(function.id, use.question)
            if path is not None:
                yield Walked(function, use, path)

    def path(self, source: str, destination: str) -> Path | None:
        """Return the path between two places, None if one of them does not exist."""
        key = (source, destination)
        if key not in self._paths:
            shared = self._shared.get((self._alike(source), destination))
            self._paths[key] = replace(shared, source=source) if shared else self._walk(source, destination)
        return self._paths[key]

    def _walk(self, source: str, destination: str) -> Path | None:
        """Walk a path. One that names neither its source nor its session is that of all sources that are alike."""
        try:
            path = trace(self.cloud, parse(self.cloud, source, destination))
        except QuestionError:
            return None
        function, written = self.cloud.compute.functions.get(source), repr(replace(path, source=""))
        if not any(name in written for name in (source, *([function.function_name] if function else ()))):
            self._shared[self._alike(source), destination] = path
        return path

    @cached_property
    def _alike(self) -> Callable[[str], Hashable]:
        return cache(partial(alike, self.cloud))

    def blocked(self, source: str, destinations: Iterable[str]) -> dict[str, Path]:
        """Return the paths to the destinations that a source certainly does not reach."""
        paths = ((destination, self.path(source, destination)) for destination in dict.fromkeys(destinations))
        return {destination: path for destination, path in paths if path and path.verdict == "blocked"}

    def subnets_of(self, function: Function) -> tuple[str, ...]:
        """Return the known subnets of a function."""
        return () if isinstance(function.subnet_ids, Unknown) else tuple(known(function.subnet_ids))

    def groups_of(self, function: Function) -> tuple[str, ...]:
        """Return the known security groups of a function."""
        return () if isinstance(function.security_group_ids, Unknown) else tuple(known(function.security_group_ids))

    def kinds_of(self, function: Function) -> dict[str, SubnetKind]:
        """Return the kind of each known subnet of a function, by IPv4."""
        return {subnet_id: subnet_kind(self.cloud, subnet_id, IPV4) for subnet_id in self.subnets_of(function)}

    def vpc_of(self, function: Function) -> str | None:
        """Return the VPC of a function, None if no subnet shows it."""
        vpcs = (self.cloud.network.vpc_of(subnet_id) for subnet_id in self.subnets_of(function))
        return next((vpc.id for vpc in vpcs if vpc), None)


def known(values: tuple[object, ...]) -> Iterator[str]:
    """Return the texts among values that may be unknown."""
    return (value for value in values if isinstance(value, str))
