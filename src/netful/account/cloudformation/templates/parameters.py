"""Values of a template's parameters: given with a request, kept from the last deployment, or the default."""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any

from netful.account.cloudformation.records import Content
from netful.account.cloudformation.templates.template_text import invalid, section
from netful.account.ec2.view import View
from netful.engine.effort.allowance import BeyondAllowanceError, of_time, of_turn
from netful.engine.patterns.pattern import fits
from netful.engine.patterns.spelling import PatternError
from netful.gateway.apart.apart import ApartError
from netful.gateway.calls.ports import Run
from netful.model.core import Frozen
from netful.sources.template.parameters import exceeded_limit, is_looked_up, is_typed, values_of

FromSsm = Callable[[str], Awaitable[str | None]]
"""Returns the value of a parameter of Systems Manager, None if it does not exist."""

HIDDEN = "****"
"""Text in place of a value with `NoEcho`."""


class Values(Frozen):
    """Values of parameters, by name: as `given` (or by default), and the `resolved` ones of Systems Manager."""

    given: Mapping[str, str]
    resolved: Mapping[str, str]


async def values(
    root: Mapping[str, Any], sent: Iterable[Mapping[str, Any]], before: Content | None, from_ssm: FromSsm, apart: Run
) -> Values:
    """Return the values of all parameters of a template. Raises ApiError for those that CloudFormation refuses."""
    declared = section(root, "Parameters")
    given = dict(_given(declared, sent, before))
    require_names(declared, given)
    whole = with_defaults(declared, given)
    for name, text in whole.items():
        _check(name, declared[name], text)
        await _check_pattern(name, declared[name], text, apart)
    return Values(whole, {name: text async for name, text in _looked_up(declared, whole, from_ssm)})


def with_defaults(declared: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Return the values of all parameters: those that are given, and the defaults of others."""
    return {**{name: text for name, one in declared.items() if (text := _default(one)) is not None}, **given}


def require_names(declared: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Raise ApiError if a template does not declare a parameter that is given, or one that it declares has no value."""
    unknown = [name for name in given if name not in declared]
    if unknown:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    missing = [name for name, one in declared.items() if name not in given and _default(one) is None]
    if missing:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")


_EXISTING = re.compile(
    r"(?:List<)?(?:AWS::SSM::Parameter::Value<)?(?:List<)?AWS::EC2::(Instance|SecurityGroup|Subnet|VPC|Volume)::Id>*"
)
"""Types of parameters whose values are ids of what has to exist."""


def require_existing(declared: Mapping[str, Any], values: Mapping[str, str], view: View) -> None:
    """Raise ApiError if the value of a parameter is the id of something that does not exist."""
    for name, text in values.items():
        if name in declared and _EXISTING.fullmatch(str(declared[name].get("Type"))):
            for one in (part.strip() for part in text.split(",")):
                if not view.has(one):
                    raise invalid(
                        f"Parameter validation failed: parameter value {one} for parameter name {name} does not exist"
                    )


def _given(
    declared: Mapping[str, Any], sent: Iterable[Mapping[str, Any]], before: Content | None
) -> Iterator[tuple[str, str]]:
    for one in sent:
        name = str(one.get("ParameterKey", ""))
        if one.get("UsePreviousValue"):
            if before is None or name not in before.parameters:
                raise invalid(f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a "
                              "parameter key not in the previous template")  # fmt: skip
            if name in declared:
                yield name, before.parameters[name]
        else:
            yield name, str(one.get("ParameterValue", ""))


def _default(declaration: Any) -> str | None:
    written = declaration.get("Default") if isinstance(declaration, Mapping) else None
    return None if written is None else as_text(written)


def as_text(value: Any) -> str:
    """Return a value of a template as CloudFormation passes it on in a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(as_text, value)) if isinstance(value, list) else str(value)


def _check(name: str, declaration: Mapping[str, Any], text: str) -> None:
    allowed = declaration.get("AllowedValues")
    if isinstance(allowed, list) and not {*values_of(declaration, text)} <= {*map(as_text, allowed)}:
        raise invalid(f"Parameter '{name}' must be one of AllowedValues")
    if not is_typed(declaration, text):
        of_list = "a list of numbers" if str(declaration["Type"]).startswith("List") else "a number"
        raise invalid(f"Parameter '{name}' must be {of_list}.")
    exceeded = exceeded_limit(declaration, text)
    if exceeded:
        raise invalid(f"Parameter '{name}' {exceeded[1]}")


async def _check_pattern(name: str, declaration: Mapping[str, Any], text: str, apart: Run) -> None:
    told, pattern = declaration.get("ConstraintDescription"), declaration.get("AllowedPattern")
    if not isinstance(pattern, str):
        return
    try:
        holds = all([await _fits(pattern, one, apart) for one in values_of(declaration, text)])
    except (PatternError, ApartError) as error:
        raise invalid(f"Parameter '{name}' cannot be compared with pattern {pattern}: {error}") from error
    if not holds:
        raise invalid(
            f"Parameter '{name}' {f'failed to satisfy constraint: {told}' if told else f'must match pattern {pattern}'}"
        )


async def _fits(pattern: str, text: str, apart: Run) -> bool:
    try:
        return fits(pattern, text, of_turn())
    except BeyondAllowanceError:
        holds: bool = await apart(fits, pattern, text, of_time())
        return holds


async def _looked_up(declared: Mapping[str, Any], whole: Mapping[str, str], from_ssm: FromSsm) -> Any:
    for name, declaration in declared.items():
        if is_looked_up(declaration):
            found = await from_ssm(whole[name])
            if found is None:
                raise invalid(f"Unable to fetch parameters [{whole[name]}] from parameter store for this account.")
            yield name, found


def described(root: Mapping[str, Any], content: Content) -> list[Mapping[str, Any]]:
    """Return a stack's parameters as DescribeStacks lists them."""
    declared = section(root, "Parameters")
    return [
        {
            "ParameterKey": name,
            "ParameterValue": HIDDEN if is_hidden(declared.get(name, {})) else text,
            "ResolvedValue": content.resolved.get(name),
        }
        for name, text in content.parameters.items()
    ]


def is_hidden(declaration: Mapping[str, Any]) -> bool:
    """Return whether a parameter's value is never shown."""
    return as_text(declaration.get("NoEcho", False)) == "true"
