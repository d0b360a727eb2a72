"""A question: from where to where, by the words of the command line."""

from __future__ import annotations

from dataclasses import dataclass

from netful.engine.trace.destination_words import target_of
from netful.engine.trace.places import Start, Target
from netful.engine.trace.source_words import starts_of
from netful.model.cloud import Cloud


@dataclass(frozen=True, slots=True)
class Question:
    """From where to where. A path exists only if there is one from every start."""

    source: str
    destination: str
    starts: tuple[Start, ...]
    target: Target
    assumptions: tuple[str, ...] = ()


def parse(cloud: Cloud, source: str, destination: str) -> Question:
    """The question that a FROM and a TO ask; QuestionError when they name nothing."""
    target, assumptions = target_of(cloud, destination)
    return Question(source, destination, starts_of(cloud, source), target, assumptions)
