"""SAM's own translator as an oracle for what netful reads from a SAM template.

They may differ in four things: where code is (a local path, an object in S3), the hash of that place in ids, what a
function must have and lacks (`Handler`, `Runtime`), and the metadata of resources that are made for another.
"""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from netful.sources import cloudformation
from netful.sources.files import document
from netful.sources.template import macros

REGION = "us-east-1"
ADDRESS = "s3://bucket/key"
ANYTHING = "anything"
CODE = ("CodeUri", "ContentUri", "DefinitionUri")
LOCATIONS = {"Code", "Content", "BodyS3Location", "DefinitionS3Location", "TemplateURL"}
OF_CODE = ("AWS::Lambda::Version", "AWS::Lambda::LayerVersion")
CLOCK = "samtranslator.model.apigateway.time"


def serverless(*folders: Path) -> list[Path]:
    """The templates below folders that have resources of SAM."""
    files = (file for folder in folders for file in sorted(folder.rglob("*")) if file.suffix in (".yaml", ".yml"))
    return [file for file in files if re.search(r"Type\W+AWS::Serverless::", file.read_text(errors="replace"))]


def differences(file: Path) -> list[str]:
    """Where netful and SAM's translator differ, both at one moment: with `AlwaysDeploy`, the ids of deployments depend on it."""
    with mock.patch(CLOCK, SimpleNamespace(time=lambda: 0)):
        ours, theirs = compared(deployed(file)), compared(translated(file))
    return [
        f"{section} {name}: {ours[section].get(name)} != {theirs[section].get(name)}"
        for section in ours
        for name in sorted({*ours[section], *theirs[section]})
        if ours[section].get(name) != theirs[section].get(name)
    ]


def deployed(file: Path) -> dict[str, Any]:
    """What netful reads from a template."""
    template = cloudformation.complete(cloudformation.read(file, {}), REGION)
    sections = {"Conditions": template.conditions, "Outputs": template.outputs, "Resources": template.resources}
    return {name: plain(section) for name, section in sections.items()}


def translated(file: Path) -> dict[str, Any]:
    """What SAM's translator makes of a template that is packaged for AWS."""
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
    from samtranslator.utils.py27hash_fix import to_py27_compatible_template, undo_mark_unicode_str_in_template

    source = document.read(file)
    macros.expand(source, {})
    template = packaged(plain(source.root))
    to_py27_compatible_template(template, {})
    translator = Translator(None, Parser(), boto_session=SimpleNamespace(region_name=REGION))
    return undo_mark_unicode_str_in_template(translator.translate(template, {}, get_managed_policy_map=dict))


def packaged(template: dict[str, Any]) -> dict[str, Any]:
    """A template with its local code in S3, and with what a function must have."""
    shared = template.get("Globals", {}).get("Function", {})
    holders = list(template.get("Globals", {}).values())
    for resource in template["Resources"].values():
        kind = resource["Type"].removeprefix("AWS::Serverless::")
        if kind == resource["Type"]:
            continue
        properties = resource.setdefault("Properties", {})
        holders.append(properties)
        if kind == "Application" and isinstance(properties["Location"], dict):
            properties["Location"] = ADDRESS
        if kind == "Function":
            whole = {**shared, **properties}
            image = whole.get("PackageType") == "Image"
            if not {"CodeUri", "InlineCode", "ImageUri"} & whole.keys():
                properties["ImageUri" if image else "CodeUri"] = ADDRESS
            if not image:
                properties.update({name: ANYTHING for name in ("Handler", "Runtime") if name not in whole})
    for holder in holders:
        holder.update({name: ADDRESS for name in CODE if isinstance(holder.get(name), str)})
    return template


def compared(template: dict[str, Any]) -> dict[str, Any]:
    """The sections of a template without what may differ."""
    resources = template["Resources"]
    apis = {name for name, one in resources.items() if "BodyS3Location" in one.get("Properties", {})}
    names = {name: name[:-10] for name, one in resources.items() if one["Type"] in OF_CODE or deploys(one, apis)}
    sections = {name: renamed(template.get(name) or {}, names) for name in ("Conditions", "Outputs", "Resources")}
    for resource in sections["Resources"].values():
        resource.pop("Metadata", None)
        left_out = {*LOCATIONS, "Description"} if deploys(resource, apis) else LOCATIONS
        properties = resource.get("Properties") or {}
        resource["Properties"] = {k: v for k, v in properties.items() if k not in left_out and v != ANYTHING}
    return sections


def deploys(resource: dict[str, Any], apis: set[str]) -> bool:
    """Whether a resource deploys one of some APIs."""
    return resource["Type"] == "AWS::ApiGateway::Deployment" and resource["Properties"]["RestApiId"].get("Ref") in apis


def renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): renamed(member, names) for key, member in value.items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value
