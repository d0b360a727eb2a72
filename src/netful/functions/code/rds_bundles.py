"""Certificate bundles of Amazon RDS that code brings along, such as `global-bundle.pem`.

Databases of a stack have certificates of the stack's authority, which sandboxes append to these files.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_SUFFIXES = (".pem", ".crt")
_LARGEST = 1 << 20  # AWS's bundle of all regions has 170 KB
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----")
_ISSUER = b"Amazon RDS"


def bundles(files: Iterable[str]) -> Iterator[Path]:
    """Yield the files with a certificate of Amazon RDS."""
    for path in (Path(name) for name in files if name.endswith(_SUFFIXES)):
        if path.stat().st_size <= _LARGEST and any(map(_is_of_rds, _CERTIFICATE.findall(path.read_bytes()))):
            yield path


def _is_of_rds(encoded: bytes) -> bool:
    try:
        return _ISSUER in base64.b64decode(encoded)
    except binascii.Error:
        return False
