"""`netful explain`: the documentation of a check."""

import sys
from typing import Annotated, Literal

from netful.cli.options.parameter import Parameter


def explain(
    rule: Annotated[str | None, Parameter(name="CHECK")] = None,
    /,
    *,
    format_: Annotated[Literal["text", "json", "markdown"], Parameter(name="--format")] = "text",
) -> None:
    """Explain a check: what it finds, why it matters, how to fix it. Without CHECK, list all checks.

    Parameters
    ----------
    rule
        An id such as `NF102`, or a name such as `public-subnet-function`.
    format_
        text, json, or markdown (the page of the documentation).
    """
    from netful.checks.registry import all_rules, rule_named  # noqa: PLC0415 (keeps `--help` quick)
    from netful.render.findings import rule_text  # noqa: PLC0415
    from netful.render.json import dumps  # noqa: PLC0415
    from netful.render.language import spoken  # noqa: PLC0415
    from netful.render.markdown import rule_index, rule_page  # noqa: PLC0415
    from netful.render.terminal import width_of  # noqa: PLC0415

    chosen = tuple(all_rules().values()) if rule is None else (rule_named(rule),)
    if format_ == "json":
        print(dumps([one.to_json() for one in chosen]))
    elif format_ == "markdown":
        print(rule_index(chosen) if rule is None else rule_page(chosen[0]), end="")
    elif rule is None:
        print(
            "\n".join(
                f"{one.id}  {one.severity.value.ljust(8)}  {one.slug.ljust(28)}  {spoken(one.title)}" for one in chosen
            )
        )
    else:
        print(rule_text(spoken(chosen[0]), width=width_of(sys.stdout)))
