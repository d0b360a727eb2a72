"""Stand-ins for what SAM's translator needs and a template that is not packaged does not have.

| the template has | the translator needs |
|---|---|
| a local path of code, a definition or an application | an address in S3 |
| a function without code: it is beside the template, or an image that is yet to be built | an address |
| a function without `Handler` or `Runtime` | both |

An address has a bucket that does not exist and a hash of the original value, so the ids that SAM derives from it are the same
in every run. After the translation the original value is put back.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from netful.sources.sam.serverless import serverless_kind

_BUCKET = "netful-stand-in"
_ADDRESS = f"s3://{_BUCKET}/"
_LOCATIONS = {
    "Api": "DefinitionUri",
    "Application": "Location",
    "Function": "CodeUri",
    "HttpApi": "DefinitionUri",
    "LayerVersion": "ContentUri",
    "StateMachine": "DefinitionUri",
    "WebFunction": "CodeUri",
}


class StandIns:
    """Original values by the hashes in their addresses; None is a property that is not written."""

    def __init__(self) -> None:
        self._written: dict[str, Any] = {}

    def put(self, template: dict[str, Any]) -> None:
        """Put stand-ins into a template."""
        globals_ = template.get("Globals")
        defaults = globals_ if isinstance(globals_, dict) else {}
        for kind, properties in defaults.items():
            self._hide(kind, properties)
        for resource in template["Resources"].values():
            kind = serverless_kind(resource)
            properties = resource.setdefault("Properties", {}) if kind else None
            self._hide(kind, properties)
            if kind == "Function" and isinstance(properties, dict):
                shared = defaults.get(kind)
                self._complete(properties, {**(shared if isinstance(shared, dict) else {}), **properties})

    def _hide(self, kind: str, properties: Any) -> None:
        name = _LOCATIONS.get(kind, "")
        location = properties.get(name) if isinstance(properties, dict) else None
        if location is not None and not _is_in_s3(location):
            properties[name] = self._address(location)

    def _complete(self, properties: dict[str, Any], effective: Mapping[str, Any]) -> None:
        """Add what a function lacks; `effective` are its properties with the globals."""
        image = effective.get("PackageType") == "Image"
        if all(effective.get(name) is None for name in ("CodeUri", "ImageUri", "InlineCode")):
            properties["ImageUri" if image else "CodeUri"] = self._address("" if image else ".")
        for name in () if image else ("Handler", "Runtime"):
            if effective.get(name) is None:
                properties[name] = self._address(None)

    def _address(self, written: Any) -> str:
        name = sha256(json.dumps(written, sort_keys=True, default=str).encode()).hexdigest()[:20]
        self._written[name] = written
        return _ADDRESS + name

    def replaced(self, value: Any) -> Any:
        """Return a translated value with the original values in place of the stand-ins."""
        if isinstance(value, list):
            return [self.replaced(item) for item in value]
        name = value
        if isinstance(value, dict):
            name = value.get("S3Key", value.get("Key"))
            if _BUCKET not in (value.get("S3Bucket"), value.get("Bucket")):
                return dict(self._members(value))
        return self._written.get(name.removeprefix(_ADDRESS), value) if isinstance(name, str) else value

    def _members(self, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        for key, member in value.items():
            replaced = self.replaced(member)
            if replaced is not None or member is None:
                yield key, replaced


def _is_in_s3(location: Any) -> bool:
    return "Bucket" in location if isinstance(location, dict) else str(location).startswith("s3://")
