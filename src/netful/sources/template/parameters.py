"""Parameters of a template: their types, defaults and values, and parameter files.

The order of values is: `--param`, parameter files, another stack's output, the default. A name of Systems Manager stands for the
value there, if another stack makes it. A parameter without a value is unknown and is named where its value is needed.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from netful.model.core import Origin, SourceError, Unknown
from netful.model.names.partitions import partition, url_suffix
from netful.sources.files import document
from netful.sources.files.complaint import close_match, fail
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.files.unreadable import text_of
from netful.sources.template.attributes import arn
from netful.sources.template.scope import Lookup
from netful.sources.template.values import NO_VALUE, as_text

_LIST_TYPE = re.compile(r"List<.*>|CommaDelimitedList|AWS::SSM::Parameter::Value<(List<.*>|CommaDelimitedList)>")
_FORMATS = "netful reads the AWS CLI's `[{ParameterKey, ParameterValue}]`, `{Name: value}`, and samconfig files"
REGION = "AWS::Region"
"""Where a samconfig file names the region of `sam deploy`, it is a value of this name."""


_LIMITS: tuple[tuple[str, Callable[[str, float], bool], str], ...] = (
    ("MinLength", lambda text, bound: len(text) >= bound, "must contain at least"),
    ("MaxLength", lambda text, bound: len(text) <= bound, "must contain at most"),
    ("MinValue", lambda text, bound: float(text) >= bound, "must be a number not less than"),
    ("MaxValue", lambda text, bound: float(text) <= bound, "must be a number not greater than"),
)
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")


def is_number(text: str) -> bool:
    """Return whether CloudFormation takes a text for a number."""
    return _NUMBER.fullmatch(text) is not None


def exceeded_limit(declaration: Mapping[str, Any], text: str) -> tuple[str, str] | None:
    """Return the first limit of a parameter that a value does not keep, and what it must be; None if it keeps all."""
    for limit, holds, what in _LIMITS:
        bound = declaration.get(limit)
        numeric = limit.endswith("Value")
        if bound is None or not is_number(str(bound)) or (numeric and not is_number(text)):
            continue
        if not holds(text, float(bound)):
            return limit, f"{what} {bound}"
    return None


def is_typed(declaration: Mapping[str, Any], text: str) -> bool:
    """Return whether a value is of a parameter's type, as far as that is one of numbers."""
    numbers = {"Number": [text], "List<Number>": text.split(",")}.get(str(declaration.get("Type")), ())
    return all(is_number(one.strip()) for one in numbers)


def values_of(declaration: Mapping[str, Any], text: str) -> list[str]:
    """Return the values that must be allowed, and match the pattern: each one of a CommaDelimitedList."""
    return [one.strip() for one in text.split(",")] if declaration.get("Type") == "CommaDelimitedList" else [text]


def is_looked_up(declaration: Mapping[str, Any]) -> bool:
    """Return whether the value is the name of a Systems Manager parameter, read at deployment."""
    return str(declaration.get("Type", "")).startswith("AWS::SSM::Parameter::Value<")


def resolved(name: str, declaration: MarkedMap, given: str | None) -> Any:
    """Return the value of a parameter: given, else its default, else unknown."""
    if given is None and is_looked_up(declaration):
        return Unknown(f"parameter `{name}` is read from Systems Manager at deployment", (name,))
    if given is None and declaration.get("Default") is None:
        return Unknown(f"parameter `{name}` has no value", (name,))
    text = given if given is not None else as_text(declaration["Default"], declaration.origin_of("Default"))
    if isinstance(text, Unknown):
        return text
    if given is not None or declaration.get("Type") == "Number":
        _check(name, declaration, text)
    return _typed(str(declaration.get("Type", "String")), text, declaration)


def _check(name: str, declaration: MarkedMap, text: str) -> None:
    broken = _broken(declaration, text)
    if broken:
        limit, hint = broken
        shown = "****" if str(declaration.get("NoEcho")).lower() == "true" else text
        why = str(declaration.get("ConstraintDescription", ""))
        fail(f"parameter `{name}` cannot be `{shown}`", declaration.origin_of(limit), why=why, hint=hint)


def _broken(declaration: MarkedMap, text: str) -> tuple[str, str] | None:
    """Return the first constraint that a value does not keep, and a hint; None if it keeps all but perhaps `AllowedPattern`."""
    allowed = declaration.get("AllowedValues")
    if isinstance(allowed, list):
        named = [as_text(value, declaration.origin_of("AllowedValues")) for value in allowed]
        if not all(value in named for value in values_of(declaration, text)):
            return "AllowedValues", "one of " + ", ".join(f"`{value}`" for value in named)
    if not is_typed(declaration, text):
        return "Type", f"its type is {declaration['Type']}"
    if exceeded := exceeded_limit(declaration, text):
        limit, _ = exceeded
        return limit, f"its `{limit}` is {declaration[limit]}"
    return None


def _may_fit(pattern: str, text: str) -> bool:
    """Return whether a whole text matches a regular expression; true if that is not one of RE2, which has no lookaround."""
    import re2  # noqa: PLC0415  # most runs need none

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options).fullmatch(text) is not None
    except (re2.error, UnicodeEncodeError):
        return True


def _typed(kind: str, text: str, declaration: MarkedMap) -> Any:
    if not _LIST_TYPE.fullmatch(kind):
        return text
    items = MarkedList(declaration.file, declaration.line)
    for part in text.split(","):
        if part.strip():
            items.put(part.strip())
    return items


class StackParameters:
    """The parameters of a stack with their values: given, from another stack's output, or the default."""

    def __init__(self, stack: str, declared: MarkedMap, given: Mapping[str, Any], lookup: Lookup) -> None:
        self._stack = stack
        self._declared = declared
        self._given = given
        self._lookup = lookup
        self._known: dict[str, Any] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._declared

    def value(self, name: str) -> Any:
        """Return the value of a parameter."""
        if name not in self._known:
            declaration = self._declared[name]
            given = self._given.get(name)
            if name not in self._given and declaration.get("Default") is None:
                given = self._lookup.output_named(name, self._stack)
            if is_looked_up(declaration):
                given = self._looked_up(declaration, given)
            if given is None or isinstance(given, str):
                given = resolved(name, declaration, given)
            self._known[name] = given
        return self._known[name]

    def _looked_up(self, declaration: MarkedMap, given: Any) -> Any:
        """Return what the Systems Manager parameter of another stack has under the name that is given, else what is given."""
        name = declaration.get("Default") if given is None else given
        found = self._lookup.systems_parameter(name, self._stack) if isinstance(name, str) else None
        return given if found is None else _typed(str(declaration["Type"]), found, declaration)

    def texts(self) -> dict[str, str | Unknown]:
        """Return the values of all parameters as texts."""
        return {name: as_text(self.value(name), self._declared.origin_of(name)) for name in self._declared}

    def missing(self) -> list[str]:
        """Return the names of the parameters without a value and without a default."""
        return [
            name
            for name, declaration in self._declared.items()
            if declaration.get("Default") is None and name not in self._given and isinstance(self.value(name), Unknown)
        ]

    def unmatched(self) -> Iterator[str]:
        """Yield a warning for each given value that `AllowedPattern` does not match: it may be a stand-in for the real one."""
        for name, text in self._given.items():
            declaration = self._declared.get(name)
            if not isinstance(declaration, MarkedMap) or not isinstance(text, str):
                continue
            pattern = declaration.get("AllowedPattern")
            if isinstance(pattern, str) and not all(_may_fit(pattern, one) for one in values_of(declaration, text)):
                what = f"the value of parameter `{name}` does not match {pattern}: CloudFormation refuses it"
                yield f"{declaration.origin_of('AllowedPattern')}: {what}"

    @property
    def stack_name(self) -> Any:
        """The name that the stack has when it is deployed."""
        return self._given.get("AWS::StackName", self._stack)

    def pseudo(self, name: str, origin: Origin) -> Any:
        """Return the value of a pseudo parameter."""
        region, account_id = self._lookup.region, self._lookup.account_id
        stack_id = f"cloudformation:{{r}}:{{a}}:stack/{self._stack}/00000000-0000-0000-0000-000000000000"
        values: dict[str, Any] = {
            "AWS::AccountId": account_id,
            "AWS::NoValue": NO_VALUE,
            "AWS::NotificationARNs": MarkedList(origin.file, origin.line),
            "AWS::Partition": partition(region),
            "AWS::Region": region,
            "AWS::StackId": self._given.get("AWS::StackId") or arn(stack_id, region, account_id),
            "AWS::StackName": self.stack_name,
            "AWS::URLSuffix": url_suffix(region),
        }
        if name not in values:
            fail(f"unknown pseudo parameter `{name}`", origin, hint=close_match(name, values))
        return values[name]


def read_files(paths: Sequence[Path]) -> dict[str, str]:
    """Return the values in parameter files; a later file wins."""
    values: dict[str, str] = {}
    for path in paths:
        values.update(_toml(path) if path.suffix == ".toml" else _document(path))
    return values


def _toml(path: Path) -> dict[str, str]:
    import tomllib  # noqa: PLC0415  # most runs read no such file

    try:
        return _sam_config(tomllib.loads(text_of(path)), path)
    except tomllib.TOMLDecodeError as error:
        raise SourceError("the file is not valid TOML", origin=Origin(str(path)), why=str(error)) from None


def _document(path: Path) -> dict[str, str]:
    root = document.read(path).root
    if isinstance(root, list):
        return dict(pair for entry in root for pair in _entry(entry, path))
    if not isinstance(root, dict):
        fail("the file has no parameters", Origin(str(path)), hint=_FORMATS)
    if "version" in root and any(isinstance(member, dict) for member in root.values()):
        return _sam_config(root, path)
    values = root.get("Parameters", root)
    if not isinstance(values, dict):
        fail("the file has no parameters", Origin(str(path)), hint=_FORMATS)
    return {name: _value(value, path) for name, value in values.items()}


def _entry(entry: Any, path: Path) -> list[tuple[str, str]]:
    if isinstance(entry, str) and "=" in entry:
        return [_split(entry)]
    if isinstance(entry, dict) and "ParameterKey" in entry:
        return (
            []
            if "ParameterValue" not in entry
            else [(str(entry["ParameterKey"]), _value(entry["ParameterValue"], path))]
        )
    return fail(
        "the file has an entry that is not a parameter", Origin(str(path)), why=json.dumps(entry)[:80], hint=_FORMATS
    )


def _value(value: Any, path: Path) -> str:
    text = as_text(value, Origin(str(path)))
    return str(text)


def _split(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return name, value.strip("\"'")


def _sam_config(root: Mapping[str, Any], path: Path) -> dict[str, str]:
    """Return the `parameter_overrides` and the region of the `default` environment: `deploy` wins over `global`."""
    values: dict[str, str] = {}
    for command in ("global", "deploy"):
        settings: Any = root
        for key in ("default", command, "parameters"):
            settings = settings.get(key) if isinstance(settings, Mapping) else None
        if not isinstance(settings, Mapping):
            continue
        if region := settings.get("region"):
            values[REGION] = _value(region, path)
        overrides = settings.get("parameter_overrides")
        if isinstance(overrides, Mapping):
            values.update({name: _value(value, path) for name, value in overrides.items()})
        elif isinstance(overrides, (str, list)):
            values.update(_split(str(pair)) for pair in _pairs(overrides, path) if "=" in str(pair))
        elif overrides is not None:
            fail("`parameter_overrides` is neither a text, a list nor a table", Origin(str(path)), hint=_FORMATS)
    return values


def _pairs(overrides: str | list[Any], path: Path) -> list[Any]:
    """Return the `NAME=VALUE` of an override: in a list, or in a text as a shell would split it."""
    import shlex  # noqa: PLC0415  # the same

    try:
        return shlex.split(overrides) if isinstance(overrides, str) else overrides
    except ValueError as error:
        fail(
            "`parameter_overrides` cannot be split", Origin(str(path)), why=str(error).lower(), hint="check the quotes"
        )
