"""Versions, aliases and provisioned concurrency of a function that calls made, and the versions of a template that last.

They are added again to the template's when a new service runs the function, in the same process or in a later one. What a call
made of an alias stays as long as the template has the alias as before.
"""

from collections.abc import Mapping
from dataclasses import replace

from msgspec import field

from netful.functions.code.package import Package
from netful.functions.code.versions import Alias, TemplateVersions, Version, Versions
from netful.model.core import Frozen
from netful.model.functions.function import Function


class MadeVersions(Frozen):
    """Versions and aliases that calls made or changed, and the names of the template's that calls deleted.

    `provisioned` has the numbers that calls set, 0 for a deleted one. `published` is the number of the newest version so far.
    `template` is what the template had.
    """

    versions: tuple[Version, ...] = ()
    aliases: tuple[Alias, ...] = ()
    gone: tuple[str, ...] = ()
    provisioned: Mapping[str, int] = field(default_factory=dict)
    published: int = 0
    template: TemplateVersions = field(default_factory=TemplateVersions)


NONE = MadeVersions()


def made_by_calls(versions: Versions, provisioned: Mapping[str, int]) -> MadeVersions:
    """Return what calls made of the versions and aliases of a function."""
    template = versions.of_template
    numbers = {
        name: provisioned.get(name, 0)
        for name in dict.fromkeys((*template.provisioned, *provisioned))
        if provisioned.get(name, 0) != template.provisioned.get(name, 0)
    }
    made = tuple(
        replace(one, package=None, function=_with_digest(one.function, one.code_sha256))
        for one in versions.published.values()
        if one.number not in template.versions or one.number in template.lasting
    )
    aliases = tuple(one for one in versions.aliases.values() if template.aliases.get(one.name) is not one)
    here = versions.published.keys() | versions.aliases.keys()
    gone = tuple(name for name in (*template.versions, *template.aliases) if name not in here)
    published = versions.numbers if versions.numbers > len(template.versions) or made else 0
    found = MadeVersions(made, aliases, gone, numbers, published)
    return replace(found, template=template) if found != NONE else NONE


def add(made: MadeVersions, versions: Versions, packages: Mapping[str, Package | None]) -> None:
    """Add to a function's versions those that calls made; `packages` are by number."""
    former, template = made.template, versions.of_template
    removed = {*former.lasting} - {*template.lasting}
    for one in made.versions:
        if one.number not in removed and (one.number in template.lasting or one.number not in versions.published):
            function = _with_digest(one.function, "") if packages[one.number] else one.function
            versions.published[one.number] = replace(one, package=packages[one.number], function=function)
    versions.published = dict(sorted(versions.published.items(), key=lambda item: int(item[0])))
    for alias in made.aliases:
        before, now = former.aliases.get(alias.name), template.aliases.get(alias.name)
        if before is None or (now is not None and before.is_like(now)):
            versions.aliases[alias.name] = alias
    for name in made.gone:
        versions.published.pop(name, None)
        versions.aliases.pop(name, None)
    versions.numbers = max(versions.numbers, made.published)


def _with_digest(function: Function, digest: str) -> Function:
    """Return a function with the digest of its image; a kept one has it, a version that runs has its package."""
    if function.image is None or (function.image.digest and digest):
        return function
    return replace(function, image=replace(function.image, digest=digest))
