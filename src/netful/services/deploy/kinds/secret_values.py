"""Values of generated secrets, as `GenerateSecretString` of a template asks for them (Secrets Manager's GetRandomPassword)."""

import json
import secrets
import string
from collections.abc import Mapping
from typing import Any

from netful.model.core import is_true, whole_number

_LENGTH = 32
# Characters that a property excludes. A password has spaces only if `IncludeSpace` is set.
_KINDS = {
    "ExcludeLowercase": string.ascii_lowercase,
    "ExcludeUppercase": string.ascii_uppercase,
    "ExcludeNumbers": string.digits,
    "ExcludePunctuation": string.punctuation,
}


def generated(asked: Mapping[str, Any]) -> str:
    """Return the value that `GenerateSecretString` asks for: a password, alone or under a key of a JSON template."""
    password = random_password(asked)
    template, key = asked.get("SecretStringTemplate"), asked.get("GenerateStringKey")
    if isinstance(template, str) and isinstance(key, str):
        return json.dumps({**json.loads(template), key: password})
    return password


def random_password(asked: Mapping[str, Any]) -> str:
    """Return a random password of the kinds of characters that are asked for, with one of each unless that is refused."""
    excluded = str(asked.get("ExcludeCharacters") or "")
    kinds = [letters for name, letters in _KINDS.items() if not is_true(asked.get(name))]
    kinds += [" "] if is_true(asked.get("IncludeSpace")) else []
    alphabets = [left for letters in kinds if (left := "".join(one for one in letters if one not in excluded))]
    length = whole_number(asked.get("PasswordLength"), _LENGTH)
    required = alphabets if is_true(asked.get("RequireEachIncludedType", True)) and length >= len(alphabets) else []
    chosen = [secrets.choice(letters) for letters in required]
    every = "".join(alphabets)
    chosen += [secrets.choice(every) for _ in range(length - len(chosen) if every else 0)]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)
