"""Hosts of function URLs: AWS generates them at deployment, netful from the resource's id (lambda §3.9)."""

from netful.model.names.generated.id_forms import letters

_LENGTH = 32
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def url_label(resource_id: str) -> str:
    """Return the first label of the host: deterministic, and shaped like AWS's."""
    return letters(resource_id, _ALPHABET, _LENGTH)


def url_host(resource_id: str, region: str) -> str:
    """Return the host of the URL that a resource makes."""
    return f"{url_label(resource_id)}.lambda-url.{region}.on.aws"
