"""NF715: a text that was meant as a reference: `Queue.Arn` without `!GetAtt`, `${Queue}` without `!Sub`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.values import origin_of, words_of
from netful.checks.findings.finding import Certainty, Problem, Severity
from netful.checks.rules.rule import Rule
from netful.model.cloud import Cloud

_ATTRIBUTE = re.compile(r"(?P<name>[A-Za-z0-9]+)\.(?P<attribute>[A-Z][A-Za-z0-9.]+)")
_PLACEHOLDER = re.compile(r"\$\{(?P<name>[A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}")
_TEXTS = ("Description", "DefinitionString", "UserData", "Body", "Code", "RequestTemplates", "Metadata")


def _find(facts: Facts) -> Iterator[Problem]:
    for resource in facts.cloud.template.resources.values():
        for name, value in resource.properties.items():
            if name in _TEXTS:
                continue
            for text in dict.fromkeys(words_of(value)):
                function = _meant(facts.cloud, text)
                if function:
                    message = f"`{name}` of `{resource.id}` is the plain text `{text}`, not the value of `{function}`"
                    yield Problem(
                        resource.id, origin_of(resource, name), message, f"write `{function} {text}`", Certainty.LIKELY
                    )


def _meant(cloud: Cloud, text: str) -> str | None:
    """Return the forgotten function, if the text names a resource of the template."""
    whole = _ATTRIBUTE.fullmatch(text)
    if whole and whole["name"] in cloud.template.resources:
        return "!GetAtt"
    inside = _PLACEHOLDER.search(text)
    return "!Sub" if inside and inside["name"] in cloud.template.resources else None


RULE = Rule(
    id="NF715",
    slug="literal-reference",
    title="text where a reference was meant",
    severity=Severity.HIGH,
    why=(
        "Without `!GetAtt` or `!Sub` the text is used literally: a policy for it matches nothing, and a deployment "
        "may fail."
    ),
    instead="Use `!GetAtt Resource.Attribute`, or `!Sub` for a text with `${…}` in it.",
    find=_find,
)
