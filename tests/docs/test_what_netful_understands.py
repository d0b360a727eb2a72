"""The reference of what netful understands is made from the declarations."""

import re
from collections.abc import Iterator

import pytest

from netful.engine.iam import conditions
from netful.model.unread import Weight
from netful.sources.described.kinds import KINDS, UNREAD
from netful.sources.terraform.resources import MAKERS
from netful.sources.terraform.types.resource_types import ADDITIONS, TYPES
from netful.sources.understanding import extensions
from netful.sources.understanding.declaration import Declaration
from netful.sources.understanding.declared import AREAS
from netful.sources.understanding.unread_types import WEIGHTS
from tests.helpers.places import ROOT

PAGE = ROOT / "docs" / "reference" / "what-netful-understands.md"
ENGINE = ROOT / "src" / "netful" / "engine"

INTRODUCTION = """\
# What netful understands

These tables are made from the declarations of the readers. [Unknown values](../concepts/unknown.md#what-netful-does-not-understand)
explains what happens to everything else: an answer is never silent about it. `netful show` lists it for your sources.

In the tables, `A.B` is property `B` within `A`. A property that is named alone is understood with everything within it. Values
in parentheses are all values that netful understands. The third column has properties that are known to have an influence on
paths and are not read. Properties without influence on paths, such as tags, are not listed.
"""


def code(names) -> str:
    return ", ".join(f"`{name}`" for name in names)


def property_text(declaration: Declaration, name: str) -> str:
    values = {**declaration.values, **declaration.supposed, **declaration.keys}.get(name)
    return f"`{name}` ({', '.join(values)})" if values else f"`{name}`"


def type_row(type_: str, declaration: Declaration) -> str:
    read = ", ".join(property_text(declaration, name) for name in sorted({*declaration.read, *declaration.supposed}))
    unread = code([*declaration.decides.split(), *declaration.blocks.split()])
    return f"| `{type_}` | {read or '—'} | {unread or '—'} |"


def lines() -> Iterator[str]:
    yield INTRODUCTION
    for area, declared in AREAS.items():
        yield f"## {area}\n\n| type | read | not read, with influence |\n|---|---|---|"
        yield from (type_row(type_, one) for type_, one in sorted(declared.items()) if not type_.startswith("Netful::"))
        yield ""
    yield "## Types that are not read, with a known influence\n\n| weight | meaning | types |\n|---|---|---|"
    for weight in Weight:
        types = sorted(type_ for type_, own in WEIGHTS.items() if own is weight)
        yield f"| {weight} | {weight.meaning} | {code(types)} |"
    yield "\n## Policies\n\nOperators of conditions, each with `ForAllValues:`, `ForAnyValue:` and `…IfExists`:"
    yield f"{code(sorted(conditions.OPERATORS))}.\n"
    source = "\n".join(file.read_text(encoding="utf-8") for file in sorted(ENGINE.rglob("*.py")))
    keys = sorted(set(re.findall(r'"(aws:[A-Z][A-Za-z]+)"', source)))
    yield f"Condition keys with a value: {code(keys)}."
    yield "A condition with another operator or key may hold or not: what depends on it is unknown.\n"
    yield "## OpenAPI documents\n\nExtensions of API Gateway that are read:"
    yield f"{code(f'x-amazon-apigateway-{name}' for name in extensions.READ.split())}.\n"
    yield "## Terraform\n\nTypes of the `aws` provider that a plan is read from:"
    yield f"{code(sorted({*TYPES, *MAKERS, *ADDITIONS}))}.\n"
    yield "An argument of theirs that is written and not read is an assumption, unless it is known to change no path.\n"
    yield "## Described accounts\n\nTop-level keys of the AWS CLI's answers that are read:"
    yield f"{code(sorted(KINDS))}.\n"
    yield f"Keys whose objects are not read, and touch the paths of what they refer to: {code(sorted(UNREAD))}."


def test_the_page_is_made_from_the_declarations(request: pytest.FixtureRequest) -> None:
    fresh = "\n".join(lines()) + "\n"
    if request.config.getoption("--write-docs", default=False):
        PAGE.write_text(fresh, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == fresh, "run `make docs`"
