"""Judgement of resources by the declarations: what of them netful does not read, and whose paths it may influence."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from netful.model.core import BY_CALL, Frozen, Origin, Resource, Unknown, words_of
from netful.model.unread import ADDING, Unread, Weight
from netful.sources import schema_names
from netful.sources.files.complaint import SURELY, close_match
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.template.attributes import CUSTOM
from netful.sources.understanding import extensions
from netful.sources.understanding.declaration import Branch, Declaration, Leaf
from netful.sources.understanding.declared import DECLARED
from netful.sources.understanding.member_counts import unsure_counts
from netful.sources.understanding.relations import unknown_ends
from netful.sources.understanding.unread_types import ADDED_TO, OF_EXPRESSIONS, is_known, weight_of
from netful.sources.understanding.user_data import scripted_addresses, scripted_routes

_OWN = (
    "Netful::",
    "Terraform::MainRouteTable",
    "Terraform::Restricted",
    "Custom::VpcRestrictDefaultSG",
    "Custom::CrossRegionExport",
)
"""Types that netful makes itself, or reads although AWS has no schema of them."""

_MAKERS = ("AWS::Lambda::Function", "AWS::SNS::Topic")
"""Types of what makes custom resources, by their `ServiceToken`: a custom resource does nothing to its maker."""

_OF_SAM = "AWS::Serverless::"
"""Beginning of the types that SAM's translator judges."""

Says: TypeAlias = Callable[[Any, Leaf | None], bool]
"""Return whether a value says something at a place with this declaration; None where nothing is declared."""


class Found(Frozen):
    """Something unread within the properties of a resource; `meant` are the names that it may be a misspelling of."""

    what: str
    weight: Weight
    origin: Origin
    wrong: str
    meant: tuple[str, ...]

    @property
    def hint(self) -> str:
        """The name that was probably meant, as a question; "" if none is near."""
        return _misspelling(self.wrong, self.meant)


@lru_cache(1024)
def _misspelling(wrong: str, meant: tuple[str, ...]) -> str:
    """Return the question for a name; large accounts have the same one in thousands of resources."""
    return close_match(wrong, meant, likeness=SURELY)


def unread(resources: Mapping[str, Resource], names: Mapping[str, str], *, whole: bool = True) -> tuple[Unread, ...]:
    """Return what is not read of resources, the heaviest first. `names` are the names in the cloud by AWS's ids.

    Resources are not `whole` if AWS describes them: ids are names then, and members that no template has are judged elsewhere.
    """
    names = names if whole else {id_: id_ for id_ in resources}
    every = [one for resource in resources.values() for one in _of(resource, resources, names)]
    found = (one for one in every if whole or one.weight is not Weight.ASSUMED or one.is_type or one.is_value)
    return heaviest_first((*found, *_of_several(resources.values(), resources, names)))


def after_edits(
    before: Iterable[Unread], edited: Collection[str], resources: Mapping[str, Resource], names: Mapping[str, str]
) -> tuple[Unread, ...]:
    """Return what is not read after some resources were edited.

    Parameters of calls that no template has are not judged: the operations that take them know what they mean.
    """
    fresh = [resources[id_] for id_ in dict.fromkeys(edited) if id_ in resources]
    found = (
        one
        for resource in fresh
        for one in _of(resource, resources, names)
        if resource.origin != BY_CALL or one.weight is not Weight.ASSUMED or one.is_type or one.is_value
    )
    kept = (one for one in before if one.resource_id not in edited)
    return heaviest_first((*kept, *found, *_of_several(fresh, resources, names)))


def _of_several(
    some: Collection[Resource], resources: Mapping[str, Resource], names: Mapping[str, str]
) -> Iterator[Unread]:
    """Yield what is not read between some resources and others, and counts that are not known."""
    yield from unknown_ends(some, resources, names)
    yield from scripted_routes(some, resources, names)
    yield from scripted_addresses(some, resources)
    yield from unsure_counts(some, resources)


def heaviest_first(found: Iterable[Unread]) -> tuple[Unread, ...]:
    """Return what is not read, the heaviest first."""
    return tuple(sorted(found, key=lambda one: [*Weight].index(one.weight)))


def warnings(found: Iterable[Unread]) -> Iterator[str]:
    """Yield a warning for everything that is probably misspelt, and for each type that AWS does not have."""
    for one in found:
        if one.is_type and _is_new(one.what):
            hint = one.hint or "AWS may have added it"
            yield f"{one.origin}: `{one.what}`, the type of `{one.resource_id}`, is not one that netful knows; {hint}"
        elif one.hint:
            yield f"{one.origin}: netful does not know `{one.what}` of `{one.resource_id}`; {one.hint}"


def _of(resource: Resource, resources: Mapping[str, Resource], names: Mapping[str, str]) -> Iterator[Unread]:
    declaration = DECLARED.get(resource.type)
    if declaration is not None:
        yield from _of_declared(resource, declaration, names)
    elif not resource.type.startswith(_OWN) and (weight := weight_of(resource.type)) is not None:
        touched = (resource.id, *_touched(resource, resources, names))
        hint = meant_type(resource.type)
        meant = f"{resource.id} means {', '.join(touched[1:])}: its value is not in the plan"
        assumption = meant if resource.type.startswith(OF_EXPRESSIONS) else ""
        added = _added_to(resource, touched, resources)
        nearby = tuple(one for one in touched if one not in added) if added else ()
        yield Unread(
            resource.id,
            resource.type,
            Weight.OPENS if added else weight,
            added or touched,
            nearby,
            hint,
            origin=resource.origin,
            assumption=assumption,
        )


def _added_to(resource: Resource, touched: Iterable[str], resources: Mapping[str, Resource]) -> tuple[str, ...]:
    """Return what a stack that is not loaded, or a custom resource, may add to, of all that it refers to."""
    given = touched if resource.type.startswith(ADDING) else ()
    return tuple(one for one in given if one in resources and resources[one].type in ADDED_TO)


def meant_type(type_: str) -> str:
    """Return the question for the type that a misspelt one probably means; "" for another one."""
    return close_match(type_, schema_names.types_like(type_), likeness=SURELY) if _is_new(type_) else ""


def _is_new(type_: str) -> bool:
    """Return whether a type is new or misspelt."""
    return type_.startswith("AWS::") and not type_.startswith(_OF_SAM) and not is_known(type_)


def _touched(resource: Resource, resources: Mapping[str, Resource], names: Mapping[str, str]) -> Iterator[str]:
    """Yield the names of the resources that a resource refers to: by reference, by id or by ARN."""
    makers = _MAKERS if resource.type.startswith(CUSTOM) else ()
    named = (names[text] for text in words_of(resource.properties) if text in names)
    for name in dict.fromkeys((*resource.references, *named)):
        other = resources.get(name)
        if name != resource.id and (other is None or other.type not in makers):
            yield name


def _of_declared(resource: Resource, declaration: Declaration, names: Mapping[str, str]) -> Iterator[Unread]:
    for found in within(resource.properties, declaration.tree, resource.origin):
        holders = (resource.id, *_named(resource, declaration.part_of, names))
        nearby = tuple(_named(resource, declaration.within, names))
        yield Unread(resource.id, found.what, found.weight, holders, nearby, found.hint, origin=found.origin)


def _named(resource: Resource, properties: str, names: Mapping[str, str]) -> Iterator[str]:
    """Yield the names of the resources whose ids some properties have."""
    for name in properties.split():
        yield from (names.get(text, text) for text in words_of(resource.properties.get(name)))


def within(
    value: Any, tree: Branch, origin: Origin, path: str = "", says: Says = lambda _value, _leaf: True
) -> Iterator[Found]:
    """Yield what a mapping has beyond the declared properties and values, and what `says` something."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            place = value.origin_of(index) if isinstance(value, MarkedList) else origin
            yield from within(item, tree, place, path, says)
    elif isinstance(value, (dict, Mapping)):  # the common case is the fast one
        for name, item in value.items():
            place = value.origin_of(name) if isinstance(value, MarkedMap) else origin
            declared, here = tree.get(name), f"{path}{name}"
            if item is None or (isinstance(item, Unknown) and _is_read(declared)):
                continue
            if declared is not None and not isinstance(declared, Leaf):
                yield from within(item, declared, place, f"{here}.", says)
            elif not says(item, declared):
                continue
            elif declared is None:
                yield Found(here, Weight.ASSUMED, place, str(name), (*tree,))
            else:
                yield from _of_leaf(item, declared, place, here)


def _is_read(declared: "Branch | Leaf | None") -> bool:
    """Return whether a property is read, so that its reader knows what an unknown value means."""
    return declared is not None and not (
        isinstance(declared, Leaf) and (declared.weight is not None or declared.supposed)
    )


def _of_leaf(value: Any, leaf: Leaf, origin: Origin, path: str) -> Iterator[Found]:
    if leaf.weight is not None or isinstance(value, Unknown):
        yield Found(path, leaf.weight or Weight.DECIDES, origin, "", ())
    elif leaf.is_body and isinstance(value, Mapping):
        for one in extensions.unread(value, origin):
            yield Found(f"{path}.{one.path}", Weight.ASSUMED, one.origin, one.name, one.meant)
    elif leaf.keys:
        for entry, place in _entries(value, origin):
            key = entry.get("Key")
            if isinstance(key, str) and key not in leaf.keys:
                yield Found(f"{path}.{key}", Weight.ASSUMED, place, key, leaf.keys)
    else:
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, str | bool) and not leaf.has(str(one)):
                yield Found(f"{path}: {one}", Weight.DECIDES, origin, str(one), leaf.values)


def _entries(value: Any, origin: Origin) -> Iterator[tuple[Mapping[str, Any], Origin]]:
    """Yield the mappings of a list, with their places."""
    for index, one in enumerate(value) if isinstance(value, list) else ():
        if isinstance(one, Mapping):
            yield one, value.origin_of(index) if isinstance(value, MarkedList) else origin
