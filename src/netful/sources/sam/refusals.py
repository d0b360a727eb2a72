"""Refusals of SAM's translator as errors of the template, at their lines."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from netful.model.core import Origin, SourceError
from netful.sources.files.complaint import close_match
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.sam import translator
from netful.sources.sam.serverless import mapping, part
from netful.sources.template import parameters
from netful.sources.template.references import references
from netful.sources.template.template import Template
from netful.sources.template.values import unknowns_in

_ABOUT = re.compile(r"(?:Resource|Transforming resource) with id \[(\w+)[^\]]*\](?: is invalid\. )?")
_EVENT = re.compile(r"Event with id \[(\w+)\] is invalid\. ")
_KEYS = re.compile(r"'([\w.]+)'|[Pp]roperty (\w+) not defined|for key (\w+)\.")
_WORDS = re.compile(r"\b([A-Z]\w+)")
_CHOICES = re.compile(r"'(\w+)' is not (?:a )?supported.*? Must be one of the following values - \[(.*)\]")
_TYPE = re.compile(r"not defined for resource of type (\S+)")
_POLICY = re.compile(r"Policy at index (\d+)")
_EVENT_TYPE = re.compile(r"Event Type is: (\S*)\.")
_TEXT = re.compile(r"should be a string|must be a string")
_AS_WELL = "AWS refuses this as well"


def subjects(template: Template, messages: Sequence[str]) -> set[str]:
    """Return the ids of the resources that messages are about."""
    return {one.resource for one in (_Refusal(template, message) for message in messages) if one.resource}


def refused(template: Template, messages: Sequence[str]) -> SourceError:
    """Return the first refusal as an error that also names the places of the others."""
    first, *others = [_Refusal(template, message) for message in messages]
    also = f"\n  and {len(others)} more: " + ", ".join(str(one.origin) for one in others[:5]) if others else ""
    return SourceError(f"SAM refuses {first.what}", origin=first.origin, why=first.why + also, hint=first.hint())


def overcome(template: Template, messages: Sequence[str]) -> Iterator[str]:
    """Warn of refusals that the values of parameters avoid."""
    for one in (_Refusal(template, message) for message in messages):
        yield (
            f"{one.origin}: SAM refuses {one.what}: {one.why} netful puts the values of parameters in; on AWS that needs "
            "the transform `AWS::LanguageExtensions` before SAM's"
        )


class _Refusal:
    """One message with its subject, origin, reason and hint."""

    def __init__(self, template: Template, message: str) -> None:
        self._template, self._message = template, message
        self.what, self.origin, self._subject = "the template", Origin(template.file, 1), template.root
        self.resource = ""
        about, event = _ABOUT.match(message), _EVENT.search(message)
        if about:
            self._enter(about[1])
            message = message if about[0].startswith("Transforming") else message[about.end() :]
        if event:
            self._enter_event(event[1])
            message = _EVENT.sub("", message)
        self.why = message.partition(" Must be one of the following values")[0]
        named = [next(filter(None, found.groups())) for found in _KEYS.finditer(self.why)]
        if not [name for name in named if self._locate(name)]:
            any(self._locate(name) for name in _WORDS.findall(self.why))
        self._policy: Any = None
        if policy := _POLICY.search(self.why):
            self._enter_policy(int(policy[1]))

    def _enter(self, name: str) -> None:
        """Select a resource, or one of its events, whose id is the function's id and the event's name."""
        resources = self._template.resources
        owner = max((one for one in resources if name.startswith(one)), key=len, default="")
        if owner:
            self.resource = owner
            self.what, self.origin = f"`{owner}`", resources.origin_of(owner)
            self._subject = mapping(resources[owner])
            self._enter_event(name.removeprefix(owner))

    def _enter_event(self, name: str) -> None:
        events = part(self._subject, "Properties", "Events")
        if name in events:
            self.what, self.origin = f"event `{name}` of {self.what}", events.origin_of(name)
            self._subject = mapping(events[name])

    def _enter_policy(self, index: int) -> None:
        written = part(self._subject, "Properties").get("Policies")
        if isinstance(written, MarkedList) and index < len(written):
            self._policy, self.origin = written[index], written.origin_of(index)

    def _locate(self, path: str) -> bool:
        """Move the origin to a key that the message names; return False when the subject has no such key."""
        place: MarkedMap | None = self._subject
        for key in path.split("."):
            place = _holder(place, key)
            if place is None:
                return False
            self.origin = place.origin_of(key)
            place = mapping(place[key])
        return True

    def hint(self) -> str:
        """Return what helps: a similar name, a missing value."""
        if choices := _CHOICES.search(self._message):
            return close_match(choices[1], re.findall(r"\w+", choices[2]), _AS_WELL)
        if kind := _TYPE.search(self.why):
            newer = "a newer property needs a newer translator: `pip install -U aws-sam-translator`"
            return close_match(self.why.split()[1], translator.properties_of(kind[1]), newer)
        if isinstance(self._policy, MarkedMap) and self._policy:
            return close_match(next(iter(self._policy)), translator.policy_templates(), _AS_WELL)
        if event := _EVENT_TYPE.search(self.why):
            return close_match(event[1], translator.event_types(), _AS_WELL)
        missing = self._missing_parameters() if self.resource else ()
        if missing:
            return "give values to parameters it depends on: " + ", ".join(f"`--param {name}=…`" for name in missing)
        return "SAM takes only a text there, no reference" if _TEXT.search(self.why) else _AS_WELL

    def _missing_parameters(self) -> Iterable[str]:
        """Return the parameters without a value that the subject refers to."""
        declared: dict[str, Any] = self._template.parameters
        names = dict.fromkeys(use.name for use in references(self._subject) if use.name in declared)
        values = {name: parameters.resolved(name, declared[name], self._template.given.get(name)) for name in names}
        return [name for name, value in values.items() if unknowns_in(value)]


def _holder(place: MarkedMap | None, key: str) -> MarkedMap | None:
    """Return the mapping that has a key, at or below a place."""
    if place is None or key in place:
        return place
    return next((found for member in place.values() if (found := _holder(_map(member), key)) is not None), None)


def _map(value: Any) -> MarkedMap | None:
    return value if isinstance(value, MarkedMap) else None
