"""The OpenAPI definition of an API: inline, or in a file beside the template, which `package` would upload."""

from dataclasses import replace
from typing import Any

from netful.model.core import Unknown
from netful.sources.files import document
from netful.sources.files.marked import MarkedMap
from netful.sources.template.reading import Reader


def body_of(reader: Reader) -> Reader | Unknown | None:
    """Return the definition: None if an API has none, unknown if it is elsewhere."""
    body: Any = reader.get("Body")
    location = reader.get("BodyS3Location")
    if isinstance(body, MarkedMap):
        return reader.part("Body")
    if isinstance(body, Unknown):
        return body
    at = replace(reader.origin_of("BodyS3Location"), file=reader.properties.file)
    file = document.beside(at, location) if isinstance(location, str) else None
    if file is not None:
        root = document.read(file).root
        return reader.within(root, root.origin)
    if location is not None:
        return Unknown(f"the body of `{reader.id}` is not on this machine", (f"{reader.id}.BodyS3Location",))
    return None
