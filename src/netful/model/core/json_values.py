"""Parts of AWS's JSON, which a template or a document may contain in any shape, and which may be unknown before deployment."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netful.model.core.unknown import Unknown


def is_set(value: object) -> bool:
    """Return whether a value is given, and known."""
    return value is not None and not isinstance(value, Unknown)


def is_true(value: object) -> bool:
    """Return whether a value is true, as a boolean or as text."""
    return str(value).lower() == "true"


def every_part(value: Any) -> Iterator[Any]:
    """Yield a value and all that is within it, the outer parts before the inner ones."""
    yield value
    if not isinstance(value, str) and isinstance(
        value, (dict, list, tuple, Mapping)
    ):  # the common cases are the fast ones
        for item in value.values() if isinstance(value, (dict, Mapping)) else value:
            yield from every_part(item)


def with_leaves(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return a value in which all that is neither a mapping nor a list is changed."""
    if isinstance(value, Mapping):
        return {str(key): with_leaves(item, change) for key, item in value.items()}
    return [with_leaves(item, change) for item in value] if isinstance(value, list | tuple) else change(value)


def known_parts(value: Any) -> Any:
    """Return a value as JSON, without its parts that are unknown or not set."""
    if isinstance(value, Mapping):
        return {str(key): known_parts(item) for key, item in value.items() if is_set(item)}
    return [known_parts(item) for item in value if is_set(item)] if isinstance(value, list | tuple) else value


def is_wholly_known(value: Any) -> bool:
    """Return whether a value is known with all its parts."""
    if isinstance(value, Mapping | list | tuple):
        return all(map(is_wholly_known, value.values() if isinstance(value, Mapping) else value))
    return not isinstance(value, Unknown)


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping; an empty one if the value is not a mapping."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """Return the mappings in a list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def texts(value: Any) -> list[str]:
    """Return the texts in a list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


def is_list_of_mappings(value: Any) -> bool:
    """Return whether all items of a list are known to be mappings; true for a missing list."""
    return value is None or (isinstance(value, list | tuple) and len(mappings(value)) == len(value))


def listed(value: Any) -> list[Any]:
    """Return a list unchanged, None as an empty one, any other value as its only item."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def at(value: Any, path: str) -> Any:
    """Return the value at a path of names within mappings, such as `VpcConfig.SubnetIds`, or None."""
    for name in path.split("."):
        value = mapping(value).get(name)
    return value


def words_of(value: Any) -> Iterator[str]:
    """Yield every known text within a value."""
    return (part for part in every_part(value) if isinstance(part, str))
