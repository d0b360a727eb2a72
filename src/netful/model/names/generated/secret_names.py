"""Ends of the ARNs of secrets: Secrets Manager adds a hyphen and six letters to the name."""

import re
from string import ascii_letters

from netful.model.names.generated.id_forms import letters

_END = 6


def with_suffix(name: str, account_id: str, region: str) -> str:
    """Return the name of a secret as its ARN ends: the letters follow from the place and the name."""
    return f"{name}-{letters(f'{account_id}/{region}/secret/{name}', ascii_letters, _END)}"


def without_suffix(end: str) -> str:
    """Return the name of a secret from the end of its ARN."""
    return re.sub(rf"-[A-Za-z]{{{_END}}}$", "", end)
