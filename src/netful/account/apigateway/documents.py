"""OpenAPI documents in requests, in JSON or YAML."""

from netful.account.apigateway.operations.faults import bad_request
from netful.sources.files import document
from netful.sources.files.marked import MarkedMap


def read(text: str) -> MarkedMap:
    """Return the document in a text. Raises ApiError for a text without one."""
    root = document.parse(text, "OpenAPI document").root
    if not isinstance(root, MarkedMap) or not ("swagger" in root or "openapi" in root):
        raise bad_request("Invalid OpenAPI input.")
    if not isinstance(root.get("paths"), MarkedMap):
        raise bad_request("Unable to parse API definition because of a malformed integration at path /.")
    return root
