"""Validator of bodies by a schema of draft 4, which pays for every keyword before it is applied.

The keywords are those of the library jsonschema. Three differ: `uniqueItems` compares by hash; `pattern` and `patternProperties`
(and so `additionalProperties`) match in linear time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from jsonschema import Draft4Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT4

from netful.engine.effort.allowance import Allowance
from netful.engine.effort.weight import pay_for
from netful.engine.models.distinct import distinct
from netful.engine.patterns.pattern import schema_pattern

_Errors = Iterator[ValidationError]
_Keyword = Callable[[Any, Any, Any, Any], _Errors | None]

_EACH = 60  # units of one keyword
_MOST_ERRORS = 100


def compiled(schemas: Mapping[str, Any], urn: str) -> Validator | None:
    """Return the validator by one of some schemas, which refer to each other by their names; None if one is invalid."""
    registry: Any = Registry().with_resources((name, DRAFT4.create_resource(one)) for name, one in schemas.items())
    try:
        for one in schemas.values():
            Draft4Validator.check_schema(one)
    except (SchemaError, RecursionError):
        return None
    return Validator(schemas[urn], registry)


class Validator:
    """A schema; `registry` has those to which it refers."""

    def __init__(self, schema: Any, registry: Any) -> None:
        self._work = Allowance()
        keywords: dict[str, _Keyword] = {**Draft4Validator.VALIDATORS, **self._own()}
        kind = extend(Draft4Validator, {name: self._paid(keyword) for name, keyword in keywords.items()})
        self._validator = kind(schema, registry=registry)

    def faults(self, document: Any, work: Allowance) -> list[str]:
        """Return the first faults of a document, in alphabetical order; none if a reference leads nowhere.

        Raise BeyondAllowanceError, PatternError.
        """
        self._work = work
        found = []
        try:
            for error in self._validator.iter_errors(document):
                found.append(error.message)
                if len(found) == _MOST_ERRORS:
                    break
        except Unresolvable:
            return []
        return sorted(found)

    def _paid(self, keyword: _Keyword) -> _Keyword:
        def check(validator: Any, value: Any, instance: Any, schema: Any) -> _Errors:
            work = self._work
            work.spend(_EACH)
            for one in (value, instance):
                if isinstance(one, list | dict):
                    work.spend(len(one) * 2)
            for error in keyword(validator, value, instance, schema) or ():
                work.spend(_EACH + (len(error.message) >> 4))
                yield error

        return check

    def _own(self) -> dict[str, _Keyword]:
        return {
            "uniqueItems": self._unique_items,
            "enum": self._enum,
            "multipleOf": _multiple_of,
            "pattern": self._pattern,
            "patternProperties": self._pattern_properties,
            "additionalProperties": self._additional_properties,
        }

    def _unique_items(self, validator: Any, wanted: Any, instance: Any, _schema: Any) -> _Errors:
        if not wanted or not validator.is_type(instance, "array"):
            return
        pay_for(self._work, instance)
        if not distinct(instance):
            yield ValidationError(f"{instance!r} has non-unique elements")

    def _enum(self, validator: Any, values: Any, instance: Any, schema: Any) -> _Errors:
        pay_for(self._work, values, instance)
        yield from Draft4Validator.VALIDATORS["enum"](validator, values, instance, schema) or ()

    def _pattern(self, validator: Any, expression: Any, instance: Any, _schema: Any) -> _Errors:
        if validator.is_type(instance, "string") and not self._finds(expression, instance):
            yield ValidationError(f"{instance!r} does not match {expression!r}")

    def _pattern_properties(self, validator: Any, wanted: Mapping[str, Any], instance: Any, _schema: Any) -> _Errors:
        if not validator.is_type(instance, "object"):
            return
        for expression, schema in wanted.items():
            for name, value in instance.items():
                if self._finds(expression, name):
                    yield from validator.descend(value, schema, path=name, schema_path=expression)

    def _additional_properties(self, validator: Any, wanted: Any, instance: Any, schema: Any) -> _Errors:
        if not validator.is_type(instance, "object"):
            return
        known, expressions = schema.get("properties", {}), [*schema.get("patternProperties", {})]
        more = [name for name in instance if name not in known and not any(self._finds(e, name) for e in expressions)]
        if validator.is_type(wanted, "object"):
            for name in more:
                yield from validator.descend(instance[name], wanted, path=name)
        elif not wanted and more:
            names = ", ".join(map(repr, sorted(more)))
            verb = "was" if len(more) == 1 else "were"
            yield ValidationError(f"Additional properties are not allowed ({names} {verb} unexpected)")

    def _finds(self, expression: str, text: str) -> bool:
        return schema_pattern(expression, self._work).finds(text, self._work)


def _multiple_of(validator: Any, wanted: Any, instance: Any, schema: Any) -> _Errors:
    try:
        yield from Draft4Validator.VALIDATORS["multipleOf"](validator, wanted, instance, schema) or ()
    except (OverflowError, ValueError):  # more than a float can hold
        if isinstance(instance, float) or Fraction(instance) % Fraction(str(wanted)):
            yield ValidationError(f"{instance!r} is not a multiple of {wanted}")
