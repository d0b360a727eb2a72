"""Types of variables: a value as a variable of a type has it.

Members of an object that are left out or null have their defaults, and those that the type does not have are gone.
"""

from typing import Any

from netful.sources.terraform.plan.functions import UNSETTLED, Lack, call
from netful.sources.terraform.plan.syntax import Call, Constant, Name, Node, Object, Several

_BOOLEANS = {"true": True, "false": False}


def converted(value: Any, type_: Node | None) -> Any:
    """Return a value as one of a type; the same value if the type has another form."""
    if value is None or isinstance(value, Lack):
        return value
    match type_:
        case Name("string") if isinstance(value, (int, float)):
            return call("tostring", [value])
        case Name("number") if isinstance(value, str):
            return call("tonumber", [value])
        case Name("bool") if isinstance(value, str):
            return _BOOLEANS.get(value, UNSETTLED)
        case Call("list" | "set" as kind, (of,)) if isinstance(value, list):
            return call(f"to{kind}", [[converted(one, of) for one in value]])
        case Call("map", (of,)) if isinstance(value, dict):
            return {key: converted(one, of) for key, one in value.items()}
        case Call("object", (Object(members),)) if isinstance(value, dict):
            named = {key.value: of for key, of in members if isinstance(key, Constant)}
            return {name: _member(value.get(name), of) for name, of in named.items()}
    return value


def _member(value: Any, type_: Node) -> Any:
    match type_:
        case Call("optional", (of, default)):
            return converted(_constant(default) if value is None else value, of)
        case Call("optional", (of,)):
            return converted(value, of)
    return converted(value, type_)


def _constant(node: Node) -> Any:
    """Return the value of a default; not settled if it is another one than a constant."""
    match node:
        case Constant(value):
            return value
        case Several(items):
            return [_constant(one) for one in items]
        case Object(members):
            return {key.value: _constant(of) for key, of in members if isinstance(key, Constant)}
    return UNSETTLED
