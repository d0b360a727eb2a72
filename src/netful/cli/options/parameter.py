"""Declaration of an option beside its type: `Annotated[bool, Parameter(negative=())]`.

Cyclopts takes as long to import as many verbs take in all, and only help and errors need it. Until then the declaration is this
class; `for_cyclopts` makes Cyclopts' own declarations of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints


@dataclass(frozen=True)
class Parameter:
    """Declaration of an option or an argument, in Cyclopts' terms, and the limits of a number."""

    name: str | tuple[str, ...] | None = None
    negative: tuple[()] | None = None
    consume_multiple: bool | None = None
    allow_leading_hyphen: bool | None = None
    above: float | None = None
    least: float | None = None
    most: float | None = None


def declared(hint: Any) -> tuple[Any, Parameter]:
    """Return the type of a parameter, and what is declared beside it."""
    return get_args(hint)[:2] if get_origin(hint) is Annotated else (hint, Parameter())


def for_cyclopts(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Return the verb, with its options and those of its groups declared to Cyclopts, too."""
    verb.__annotations__ = _both(verb)
    return verb


def _both(of: Any) -> dict[str, Any]:
    from netful.cli.options.help_texts import texts_of  # noqa: PLC0415  # see above
    from netful.render.language import spoken  # noqa: PLC0415

    texts = texts_of(of)
    return {name: _one(hint, spoken(texts.get(name))) for name, hint in get_type_hints(of, include_extras=True).items()}


def _one(hint: Any, text: str | None) -> Any:
    from cyclopts import Parameter as Declared  # noqa: PLC0415  # see above
    from cyclopts import validators  # noqa: PLC0415

    type_, given = declared(hint)
    if is_dataclass(type_):
        type_.__annotations__ = _both(type_)
        return Annotated[type_, given, Declared(name="*")]
    limits = {"gt": given.above, "gte": given.least, "lte": given.most}
    known = {name: limit for name, limit in limits.items() if limit is not None}
    same = ("name", "negative", "consume_multiple", "allow_leading_hyphen")
    own = {name: value for name in same if (value := getattr(given, name)) is not None}
    return Annotated[type_, given, Declared(**own, help=text, validator=validators.Number(**known) if known else None)]
