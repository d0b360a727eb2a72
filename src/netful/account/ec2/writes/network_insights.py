"""Writes of the analyzers: network insights paths, Network Access Scopes, and analyses of both.

An answer may take seconds. It is found in a thread, about the network at the time of the question, before the write that
keeps it; clients of the stack do not wait for it.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from netful.account.changes import Put, Remove, new
from netful.account.ec2.insights.headers import PROTOCOLS, at_destination, at_source
from netful.account.ec2.insights.places import id_in, place_of
from netful.account.ec2.insights.records import (
    ANALYSIS,
    ANALYSIS_ID,
    OF_ANALYSIS,
    OF_PATH,
    PATH,
    PATH_ID,
    answer_of,
    head,
)
from netful.account.ec2.insights.scope_records import (
    PATHS,
    SCOPE,
    SCOPE_ANALYSIS,
    SCOPE_ANALYSIS_ID,
    SCOPE_ID,
    scope_analysis,
    scope_answer,
    scope_content,
)
from netful.account.ec2.insights.statements import check_headers
from netful.account.ec2.view import View
from netful.account.ec2.world import Change, World, Write, addition, created
from netful.account.operations.query_api import Operation, Parameters
from netful.account.reading import Record
from netful.account.wire.errors import ApiError, invalid_value, missing_parameter
from netful.model.core import Resource, known_parts

ANSWER = "Netful::NetworkInsightsAnswer"
"""The type of what has the answer of an analysis that a call started, `ID.answer`."""

_ANSWERED = "Netful::Answered"
"""The parameter with the answer that was found before the write."""

_SCOPE = "NetworkInsightsAccessScope"
_NOUNS = {PATH_ID: "network insights path", SCOPE_ID: "network access scope"}
_EXCLUSIVE = (("FilterAtSource", ("SourceIp", "DestinationPort")), ("FilterAtDestination", ("DestinationIp",)))
"""Parameters that exclude others."""


def create_network_insights_path(world: World, asked: Parameters) -> Change:
    """CreateNetworkInsightsPath."""
    protocol = asked["Protocol"].lower()
    if protocol not in PROTOCOLS:
        raise invalid_value(f"Value ({asked['Protocol']}) for parameter protocol is invalid.")
    for name, others in _EXCLUSIVE:
        both = next((other for other in others if asked.get(name) and asked.get(other) is not None), None)
        if both:
            raise ApiError("InvalidParameterCombination", f"{both} cannot be specified with {name}")
    header, end = at_source(asked), at_destination(asked)
    if not asked.get("Destination") and header.destination is None and end.destination is None:
        raise ApiError(
            "MissingParameter", "The request must contain the parameter Destination or a destination address"
        )
    places = {name: id_in(asked[name]) for name in ("Source", "Destination") if asked.get(name)}
    for text in places.values():
        place_of(world, text)
    given = {name: asked.get(name) for name in (*OF_PATH, "DestinationPort")}
    return addition(PATH_ID, "nip", PATH, asked, {**given, **places, "Protocol": protocol})


def start_network_insights_analysis(world: World, asked: Parameters) -> Change:
    """StartNetworkInsightsAnalysis: described as if it were running when it starts."""
    path = world.existing(asked, PATH_ID)
    given = {name: asked[name] for name in OF_ANALYSIS if asked.get(name)}
    id_, put = created(ANALYSIS_ID, "nia", ANALYSIS, asked, {PATH_ID: world.id(path), **given})
    answer = asked[_ANSWERED]

    def shown(after: World) -> Mapping[str, Any]:
        return {"NetworkInsightsAnalysis": {**head(after, put.resource), **_running(answer), "Tags": after.tags(id_)}}

    return Change((put, _kept(id_, answer)), shown)


def create_access_scope(world: World, asked: Parameters) -> Change:
    """CreateNetworkInsightsAccessScope."""
    if not asked.get("MatchPaths"):
        raise missing_parameter("MatchPaths")
    given = {name: known_parts(asked.get(name)) for name in PATHS}
    for path in (*(given["MatchPaths"] or ()), *(given["ExcludePaths"] or ())):
        check_headers(world, path)
    id_, put = created(SCOPE_ID, "nis", SCOPE, asked, given)

    def shown(after: World) -> Mapping[str, Any]:
        return {_SCOPE: after.record(SCOPE_ID, id_), f"{_SCOPE}Content": scope_content(after, id_)}

    return Change((put,), shown)


def start_access_scope_analysis(world: World, asked: Parameters) -> Change:
    """StartNetworkInsightsAccessScopeAnalysis: described as if it were running when it starts."""
    scope = world.existing(asked, SCOPE_ID)
    id_, put = created(SCOPE_ANALYSIS_ID, "nisa", SCOPE_ANALYSIS, asked, {SCOPE_ID: world.id(scope)})
    answer = asked[_ANSWERED]

    def shown(after: World) -> Mapping[str, Any]:
        return {f"{_SCOPE}Analysis": scope_analysis(after, put.resource, _running(answer))}

    return Change((put, _kept(id_, answer)), shown)


def _delete(id_: str, analysis: str, world: World, asked: Parameters) -> Change:
    """Delete a path or a scope: it may have no analysis."""
    name, kind = world.existing(asked, id_), id_.removesuffix("Id")
    if world.referring(analysis, **{id_: name}):
        text = f"The {_NOUNS[id_]} '{asked[id_]}' has analyses and cannot be deleted"
        raise ApiError(f"AnalysisExistsFor{kind}", text)
    gone = world.id(name)
    return Change((Remove(name),), lambda _world: {id_: gone})


def _delete_analysis(id_: str, world: World, asked: Parameters) -> Change:
    name = world.existing(asked, id_)
    gone = world.id(name)
    return Change((Remove(name), Remove(f"{name}.answer")), lambda _world: {id_: gone})


def _running(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"StartDate": datetime.fromisoformat(answer["StartDate"]), "Status": "running"}


def _kept(id_: str, answer: Mapping[str, Any]) -> Put:
    return new(ANSWER, f"{id_}.answer", known_parts(answer))


_ANSWERS: Mapping[str, tuple[str, str, Callable[[View, Resource], Record]]] = {
    "StartNetworkInsightsAnalysis": (PATH_ID, ANALYSIS, answer_of),
    "StartNetworkInsightsAccessScopeAnalysis": (SCOPE_ID, SCOPE_ANALYSIS, scope_answer),
}
"""Operations that start analyses, with the parameter for what is analysed, the type of the analysis, and its answer."""


def answered_apart(world: Callable[[], World], writes: Mapping[str, Operation]) -> dict[str, Operation]:
    """Return the operations that start analyses, which find their answers in a thread before the write."""

    def starting(name: str, of: str, type_: str, answer: Callable[[View, Resource], Record]) -> Operation:
        async def operation(asked: Parameters) -> Mapping[str, Any]:
            now = world()
            now.existing(asked, of)
            started = datetime.now(UTC).isoformat()
            found = await asyncio.to_thread(answer, now, Resource("", type_, dict(asked)))
            return await writes[name]({**asked, _ANSWERED: {**found, "StartDate": started}})

        return operation

    return {name: starting(name, *row) for name, row in _ANSWERS.items()}


WRITES: Mapping[str, Write] = {
    "CreateNetworkInsightsPath": create_network_insights_path,
    "DeleteNetworkInsightsPath": partial(_delete, PATH_ID, ANALYSIS),
    "StartNetworkInsightsAnalysis": start_network_insights_analysis,
    "DeleteNetworkInsightsAnalysis": partial(_delete_analysis, ANALYSIS_ID),
    "CreateNetworkInsightsAccessScope": create_access_scope,
    "DeleteNetworkInsightsAccessScope": partial(_delete, SCOPE_ID, SCOPE_ANALYSIS),
    "StartNetworkInsightsAccessScopeAnalysis": start_access_scope_analysis,
    "DeleteNetworkInsightsAccessScopeAnalysis": partial(_delete_analysis, SCOPE_ANALYSIS_ID),
}
