"""A network as its sources describe it, and the questions that it answers without packets.

What is asked is imported with the first question: a trace needs none of the checks.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from os import PathLike
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from netful import sources
from netful.model.cloud import Cloud
from netful.model.core import QuestionError, every_part
from netful.sources.files import project_folder

if TYPE_CHECKING:
    from netful.checks.difference import Difference
    from netful.checks.facts.cloud_facts import Facts
    from netful.checks.findings.finding import Finding
    from netful.checks.verify import Outcome
    from netful.engine.failures.resilience import Resilience
    from netful.engine.flows.path import Path
    from netful.engine.trace.matrix import Matrix
    from netful.library.reach import Reach

T = TypeVar("T")
_LISTS_OF_PARTS = ("vpcs", "enis", "endpoints", "apis", "unread")
FilePath = str | PathLike[str]
_NO_VALUES: Mapping[str, str] = MappingProxyType({})


def load(
    *paths: FilePath,
    parameters: Mapping[str, str] = _NO_VALUES,
    parameter_files: Iterable[FilePath] = (),
    region: str | None = None,
    allow_outside: bool = False,
) -> Network:
    """Return the network that some sources describe together.

    `paths` are templates, `cdk.out` folders, Terraform plans or described accounts; without one it is the template of the
    current folder, as for the command line. `parameters` are values of template parameters, and `parameter_files` files of
    them. `allow_outside` permits sources to name files outside of the project's folder.

    Raises SourceError for a source that cannot be read, with its file and line.
    """
    cloud = sources.load(
        [pathlib.Path(path) for path in paths],
        parameters=parameters,
        parameter_files=[pathlib.Path(path) for path in parameter_files],
        region=region,
        allow_outside=allow_outside,
    )
    return Network(cloud)


def received(document: Any) -> Network:
    """Return the network that a running stack sent. Its files may be outside of the folder where this process runs."""
    from netful.account.model_json import decoded  # noqa: PLC0415  # only with a running stack

    project_folder.allow(outside=True)
    return Network(decoded(document))


class Network:
    """A network to ask. FROM and TO have the syntax of the command line; an unknown one raises QuestionError."""

    def __init__(self, cloud: Cloud, assumed: tuple[str, ...] = ()) -> None:
        self.cloud = cloud
        """The model; its classes are not part of the public API."""

        self.assumed = assumed
        """Assumptions of every answer: what has failed, and what is not known of that."""

    def __repr__(self) -> str:
        network, functions = self.cloud.network, self.cloud.compute.functions
        parts = (("VPC", network.vpcs), ("subnet", network.subnets), ("function", functions))
        counts = ", ".join(f"{len(those)} {noun}{'s' * (len(those) != 1)}" for noun, those in parts)
        return f"<netful.Network: {counts}>"

    def readable(self, answer: T) -> T:
        """Return an answer of this network for people: with the construct paths of the CDK in place of logical ids, and `placed`."""
        from netful.render.construct_paths import renamed  # noqa: PLC0415  # programs do not need it
        from netful.render.language import spoken  # noqa: PLC0415  # the same

        return renamed(self._placed(answer, spoken), self.cloud.construct_paths)

    def placed(self, answer: T) -> T:
        """Return findings or a path with the lines of the application's own code, where a tool built the source and they are known.

        They are known for the CDK, in TypeScript and JavaScript, and for a Terraform plan beside its configuration. Hints about a plan
        have the names of Terraform's AWS provider.
        """
        return self._placed(answer, str)

    def _placed(self, answer: T, said: Callable[[str], str]) -> T:
        from netful.render.provider_words import in_provider_words  # noqa: PLC0415  # the same
        from netful.render.source_places import SourcePlaces  # noqa: PLC0415  # the same

        resources = self.cloud.template.resources.values()
        return in_provider_words(SourcePlaces(resources).placed(answer), resources, said)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Contents of the sources that netful cannot use, each with file and line."""
        return tuple(self.cloud.template.warnings)

    @property
    def missing(self) -> tuple[str, ...]:
        """Parameters and imports without a value. What depends on one is unknown."""
        return (*self.cloud.template.missing_parameters, *self.cloud.template.missing_imports)

    def show(self, name: str = "", *, api_key: str | None = None) -> dict[str, Any]:
        """Return the inventory, or the part of it that contains one resource: the document of `netful show --format json`.

        With an API key, throttles and quotas are those of its callers.
        """
        from netful.engine.overview.inventory import inventory  # noqa: PLC0415

        document = inventory(self.cloud, api_key)
        return _about(document, self.cloud.named(name)) if name else document

    def trace(self, source: str, destination: str) -> Path:
        """Return the path from a source to a destination, hop by hop, with every blocker and its fix."""
        from netful.engine.trace.question import parse  # noqa: PLC0415
        from netful.engine.trace.trace import trace  # noqa: PLC0415

        path = trace(self.cloud, parse(self.cloud, source, destination))
        return replace(path, assumptions=(*self.assumed, *path.assumptions)) if self.assumed else path

    def without(self, *failures: str) -> Network:
        """Return the network as it is when some things fail at once: `az:us-east-1a`, or the names of gateways, endpoints and resources."""
        from netful.engine.failures.without import what_if  # noqa: PLC0415

        cloud, assumed = what_if(self.cloud, failures)
        return Network(cloud, (*self.assumed, *assumed))

    def resilience(self, *, apis: bool = False) -> Resilience:
        """Return the flows that work, each with the single failures that end it; with `apis` those to every API."""
        from netful.checks.facts import destinations as known  # noqa: PLC0415
        from netful.engine.apis.ways import ways  # noqa: PLC0415
        from netful.engine.failures.resilience import resilience  # noqa: PLC0415

        if apis:
            questions = (way.question for way in ways(self.cloud) if not way.missing)
            return resilience(self.cloud, (known.api_clients(self.facts), questions))
        inside = known.sources(self.facts), known.destinations_in_use(self.facts)
        return resilience(self.cloud, inside, (("internet",), known.public_resources(self.facts)))

    def can_reach(self, source: str, destination: str) -> Reach:
        """Return whether a path exists. The answer is true or false in an `assert`, and raises if it is unknown."""
        from netful.library.reach import Reach  # noqa: PLC0415

        return Reach(self.trace(source, destination))

    def matrix(self, sources: Iterable[str] = (), destinations: Iterable[str] = ()) -> Matrix:
        """Return the answers for all pairs; by default every function and service, and every destination in use."""
        from netful.checks.facts import destinations as known  # noqa: PLC0415
        from netful.engine.trace.matrix import matrix  # noqa: PLC0415
        from netful.library.processors import mapped  # noqa: PLC0415

        rows = [*sources] or known.sources(self.facts)
        return matrix(self.cloud, rows, [*destinations] or known.destinations_in_use(self.facts), mapped)

    def check(
        self, *, select: Iterable[str] = (), ignore: Iterable[str] = (), baseline: FilePath | None = None
    ) -> tuple[Finding, ...]:
        """Return the findings of the checks, worst first.

        `select` and `ignore` are ids, names or beginnings of ids; `baseline` is a file with the output of an earlier
        `netful check --format json`, whose findings are left out.
        """
        from netful.checks.findings.baseline import new_since, read_baseline  # noqa: PLC0415
        from netful.checks.registry import selected  # noqa: PLC0415
        from netful.checks.run import check  # noqa: PLC0415

        rules = selected(tuple(select), tuple(ignore))
        known = read_baseline(pathlib.Path(baseline)) if baseline is not None else frozenset()
        return tuple(new_since(known, check(self.facts, rules)))

    def diff(self, newer: Network, *, nat_hour: float = 0.045, endpoint_hour: float = 0.01) -> Difference:
        """Return what changes from this network to a newer one. Prices are in USD, of an hour (and zone)."""
        from netful.checks.difference import difference  # noqa: PLC0415
        from netful.engine.overview.prices import Prices  # noqa: PLC0415

        prices = Prices(nat_hour=nat_hour, endpoint_hour=endpoint_hour)
        return difference(self.facts, newer.facts, prices)

    def expect(self, *lines: str) -> tuple[Outcome, ...]:
        """Return the outcome of expectations, such as `OrdersFn can reach aws:ssm`, `Db is isolated`."""
        from netful.checks.expectations import parse  # noqa: PLC0415
        from netful.checks.verify import verify  # noqa: PLC0415
        from netful.model.core import DEFAULT  # noqa: PLC0415

        return verify(self.facts, [parse(line, DEFAULT) for line in lines])

    def expect_file(self, file: FilePath) -> tuple[Outcome, ...]:
        """Return the outcome of each expectation of a file, as `netful test` does."""
        from netful.checks.expectations import read  # noqa: PLC0415
        from netful.checks.verify import verify  # noqa: PLC0415

        return verify(self.facts, read(pathlib.Path(file)))

    def forecast(
        self, *loads: str, account_concurrency: int = 1_000, connections: int = 1, hours: float = 730
    ) -> dict[str, Any]:
        """Return the effect of loads, such as `OrdersFn=120/80`: the document of `netful forecast --format json`.

        `account_concurrency` is the account's limit, `connections` are open connections of one environment, and `hours` those
        of a month with this load.
        """
        from netful.forecast.forecast import Circumstances, forecast  # noqa: PLC0415
        from netful.forecast.load import parse  # noqa: PLC0415

        given = Circumstances(account_concurrency, connections, hours)
        return forecast(self.cloud, [parse(self.cloud, load) for load in loads], given)

    @cached_property
    def facts(self) -> Facts:
        """The facts that checks use; their class is not part of the public API."""
        from netful.checks.facts.cloud_facts import Facts  # noqa: PLC0415

        return Facts(self.cloud)


def _about(document: dict[str, Any], id_: str) -> dict[str, Any]:
    """Return the parts of an inventory that contain an id. Raise QuestionError if nothing contains it."""
    resources = {name: found for name, found in document["resources"].items() if name == id_}
    lists = {name: [item for item in document[name] if id_ in every_part(item)] for name in _LISTS_OF_PARTS}
    if not resources and not any(lists.values()):
        raise QuestionError(f"there is no `{id_}`", hint="`netful show` lists everything")
    return {**document, **lists, "resources": resources}
