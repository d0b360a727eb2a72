"""Documents of the command line against the published schemas."""

from typing import Any

import jsonschema

from netful.library.documents.schemas import schemas


def strict(schema: Any) -> Any:
    """Return the schema without members that it does not name, so that a test sees one that is missing in it."""
    if isinstance(schema, dict):
        closed = (
            {"additionalProperties": False} if "properties" in schema and "additionalProperties" not in schema else {}
        )
        return {key: strict(value) for key, value in schema.items()} | closed
    return [*map(strict, schema)] if isinstance(schema, list) else schema


def check(name: str, document: Any) -> None:
    """Fail for a document that is not as its schema."""
    jsonschema.validate(document, strict(schemas()[name]), cls=jsonschema.Draft202012Validator)
