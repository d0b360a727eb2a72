"""Values within the map of a resource's `for_each`, by the text of that map in the configuration beside a plan.

A plan has only the references of a whole map, such as `vpc_attachments` of a module. Rules:
1. `each.value.x` of the instance `a` is the text of `x` in the entry `a`. `lookup(each.value, "x", …)` means the same.
2. A map is an object that is written down, `{ for key, value in map : key => value.y if … }`, a local value, or a variable that the
   caller of the module gives.
3. An entry without `x` has no value. Whatever else a text is, the value is not known.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from netful.model.core import Frozen
from netful.sources.terraform.plan.configuration_text import balanced, plain
from netful.sources.terraform.plan.planned_resources import Module, Planned, index_of
from netful.sources.terraform.plan.source_lines import Configuration

_EACH = re.compile(
    r'each\.value((?:\.[\w-]+)+)|each\.value\["([^"]+)"\]|lookup\(\s*each\.value,\s*"([^"]+)"|each\.value\b'
)
_NAMED = re.compile(r"(var|local)\.([\w-]+)")
_CALL = re.compile(r"module\.([\w-]+)(?:\[[^\]]*\])?$")
_COPY = re.compile(
    r"\{\s*for\s+(\w+),\s*(\w+)\s+in\s+(.+?)\s*:\s*\1\s*=>\s*\2((?:\.\w+)*)(?:\s+if\s.*)?\s*\}", re.DOTALL
)
_KEY = re.compile(r'\s*(?:([\w-]+)|"([^"$]*)")\s*[=:](?!=)\s*')
_TEXT = re.compile(r'(?<!\[)"((?:\$\{[^}]*\}|\\.|[^"\\\n])*+)"')
_WITHIN = re.compile(r"\$\{([^}]*)\}")
_REFERENCE = re.compile(r'(?<![\w.])(?:data\.)?[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[(?:\d+|"[^"]*")\])+')
_ROOTS = ("var", "local", "module", "data", "each", "count")
_MOST_STEPS = 12
_SEEN = 1024
"""Objects whose members are kept: each instance of a resource asks for its own entry."""


class Entry(Frozen):
    """The text of a value within a map, and the module in whose configuration it is."""

    module: Module
    text: str

    @property
    def constant(self) -> str | None:
        """The text that is written down; None for another value."""
        found = re.fullmatch(r'"([^"$]*)"', self.text.strip())
        return found[1] if found else None

    @property
    def references(self) -> list[str]:
        """References in the text, as a plan lists them."""
        bare = _TEXT.sub(lambda found: " ".join(_WITHIN.findall(found[1])), self.text)
        return [one for one in _REFERENCE.findall(bare) if _is_reference(self.module, one)]


def entries(configuration: Configuration, resource: Planned, text: str) -> list[Entry] | None:
    """Return the values within the map of a resource's `for_each` that a text names; None if they are not known."""
    index = index_of(resource.address)
    maps = configuration.argument_texts(resource.module, block_of(resource), "for_each", own=True)
    found: list[Entry] = []
    for names in dict.fromkeys(_EACH.findall(plain(text))):
        way = [index[2:-2], *(part for name in names for part in name.split(".") if part)]
        known = len(maps) == 1 and index.startswith('["')
        within = _entry(configuration, Entry(resource.module, maps[0]), way) if known else None
        if within is None:
            return None
        found += within
    return found


def block_of(resource: Planned) -> str:
    """Return the beginning of a resource's block."""
    return f'resource "{resource.type}" "{resource.name}"'


def _entry(
    configuration: Configuration, of: Entry, way: Sequence[str], *, steps: int = 0, within: bool = False
) -> list[Entry] | None:
    """Return the value at the end of a way through maps: one, or none where an entry leaves it out; None if it is not known."""
    text = plain(of.text).strip()
    if not way:
        return None if text.startswith("{") else [Entry(of.module, text)]
    if steps > _MOST_STEPS:
        return None
    if named := _NAMED.fullmatch(text):
        given = [*given_to(configuration, of.module, *named.groups())]
        return _entry(configuration, given[0], way, steps=steps + 1, within=within) if len(given) == 1 else None
    if not within and (copy := _COPY.fullmatch(text)):
        attributes = copy[4].strip(".").split(".") if copy[4] else []
        inner = [way[0], *attributes, *way[1:]]
        return _entry(configuration, Entry(of.module, copy[3]), inner, steps=steps + 1)
    members = _members(text) if text.startswith("{") else None
    if members is None or (way[0] not in members and not within):
        return None
    if way[0] not in members:
        return []
    return _entry(configuration, Entry(of.module, members[way[0]]), way[1:], steps=steps + 1, within=True)


def named_by_local(configuration: Configuration, module: Module, reference: str) -> Entry | None:
    """Return the text of a local value, or of a member of it, that a reference names; None if it is not known."""
    name, _, rest = reference.removeprefix("local.").partition(".")
    found = _entry(configuration, Entry(module, f"local.{name}"), rest.split(".")) if rest else None
    given = found if rest else [*given_to(configuration, module, "local", name)]
    return Entry(given[0].module, plain(given[0].text).strip()) if given and len(given) == 1 else None


def given_to(configuration: Configuration, module: Module, kind: str, name: str) -> Iterator[Entry]:
    """Yield the text of a local value, or of what a caller gives a variable."""
    if kind == "local":
        yield from (Entry(module, text) for text in configuration.argument_texts(module, "locals", name, own=True))
    elif module.parent is not None and (call := _CALL.search(module.address)):
        texts = configuration.argument_texts(module.parent, f'module "{call[1]}"', name, own=True)
        yield from (Entry(module.parent, text) for text in texts)


@lru_cache(_SEEN)
def _members(text: str) -> dict[str, str] | None:
    """Return the texts of an object's members by their names; None if one has another form."""
    found, place, body = {}, 0, text[1:-1].rstrip(" \t\n,")
    while place < len(body):
        key = _KEY.match(body, place)
        if key is None:
            return None
        found[key[1] or key[2]] = value = balanced(body, key.end(), "\n,")
        place = key.end() + len(value) + 1
    return found


def _is_reference(module: Module, text: str) -> bool:
    root, _, rest = text.partition(".")
    return root in _ROOTS or bool(module.written(root, rest.partition(".")[0].partition("[")[0]))
