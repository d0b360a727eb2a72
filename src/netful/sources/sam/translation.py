"""Translation of a template with SAM resources to the one that CloudFormation deploys."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from netful.model.core import extras
from netful.sources.files.marked import MarkedMap
from netful.sources.sam import kept_translations, refusals, translator, unknown_parameters
from netful.sources.sam.event_routes import left_out
from netful.sources.sam.lines import MADE_FROM, Lines, marked
from netful.sources.sam.serverless import IMPLICIT, mapping, part, plain, serverless_kind
from netful.sources.sam.stand_ins import StandIns
from netful.sources.template import macros, parameters
from netful.sources.template.template import Template
from netful.sources.template.values import unknowns_in

_LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
_SHARED = ("ServerlessUsagePlan", "ServerlessApiKey")


def translate(template: Template, region: str) -> None:
    """Replace the SAM resources of a template by what AWS deploys for them."""
    extras.require("sam", f"`{template.file}` is a SAM template, which needs")
    written, stand_ins = template.resources, StandIns()
    made = _made(template, stand_ins, region)
    template.warnings.extend(left_out(written, made["Resources"]))
    template.made.update((*IMPLICIT.values(), *_SHARED, *(name for name in written if serverless_kind(written[name]))))
    lines = Lines(written, part(template.root, "Globals"))
    template.resources = lines.marked(stand_ins.replaced(made["Resources"]))
    template.conditions = marked(made.get("Conditions") or {}, (template.conditions,), template.conditions)
    template.outputs = marked(made.get("Outputs") or {}, (template.outputs,), template.outputs)
    for name, resource in template.resources.items():
        if serverless_kind(resource):
            template.warnings.append(f"{resource.origin_of('Type')}: SAM has no type `{resource['Type']}` of `{name}`")


def _made(template: Template, stand_ins: StandIns, region: str) -> dict[str, Any]:
    """Return the translated template.

    The second attempt has texts in place of the parameters without a value. The third also has the results of functions in the
    resources that were refused, where parameters and mappings decide them.
    """
    values, missing = _values(template)

    def attempt(values: dict[str, Any]) -> dict[str, Any]:
        return kept_translations.translate(_written(template, stand_ins), values.copy(), region)

    try:
        return attempt(values)
    except translator.RefusedError as refused:
        messages = refused.messages
    texts = unknown_parameters.texts(missing)
    values |= texts
    if texts:
        with suppress(translator.RefusedError):
            return unknown_parameters.referred(attempt(values))
    error = refusals.refused(template, messages)
    given = {**template.given, **texts}
    if [name for name in refusals.subjects(template, messages) if _settle(template, name, given)]:
        with suppress(translator.RefusedError):
            made = unknown_parameters.referred(attempt(values))
            if _LANGUAGE_EXTENSIONS not in template.transforms:  # it does the same
                template.warnings.extend(refusals.overcome(template, messages))
            return made
    raise error


def _settle(template: Template, name: str, given: Mapping[str, Any]) -> bool:
    """Put results in place of functions that parameters and mappings decide; return False when a resource has none."""
    resource: MarkedMap = template.resources[name]
    written = part(resource, "Properties")
    settled = macros.settled(written, template.root, given)
    resource.put("Properties", settled, resource.lines.get("Properties", 0))
    return bool(settled != written)


def _written(template: Template, stand_ins: StandIns) -> dict[str, Any]:
    """Return a template for the translator: without lines and local paths, each resource with its id in its metadata."""
    written: dict[str, Any] = plain({**template.root, "Resources": template.resources})
    for name, resource in written["Resources"].items():
        if serverless_kind(resource) not in ("", "Connector"):
            resource["Metadata"] = {MADE_FROM: name}
    stand_ins.put(written)
    for declaration in (written.get("Parameters") or {}).values():
        if isinstance(declaration, dict):
            declaration.pop("Default", None)  # the values are given
    return written


def _values(template: Template) -> tuple[dict[str, Any], list[str]]:
    """Return the values of parameters, and the names of those without a value."""
    values, missing = {}, []
    for name, declaration in template.parameters.items():
        value = parameters.resolved(name, mapping(declaration), template.given.get(name))
        if unknowns_in(value):
            missing.append(name)
        else:
            values[name] = plain(value)
    return values, missing
