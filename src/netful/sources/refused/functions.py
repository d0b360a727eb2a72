"""Values of functions, their aliases and their URLs that Lambda refuses."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core import listed, mapping, mappings, whole_number
from netful.sources.refused.refused_value import RefusedTogether, RefusedValue

_VARIABLE = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")
_IN_LETTERS = "write at least two letters of ASCII, digits or `_`, and begin with a letter"
_STORAGE_OF_SNAPSHOTS = 512


def values(own: Mapping[str, Any]) -> Iterator[RefusedValue]:
    """Yield the names of environment variables that Lambda refuses."""
    for name in mapping(mapping(own.get("Environment")).get("Variables")):
        if not _VARIABLE.fullmatch(str(name)):
            reason = f"an environment variable has the name `{name}`"
            yield RefusedValue("Environment", "InvalidParameterValueException", reason, _IN_LETTERS)


def _unfit_for_snapshots(own: Mapping[str, Any]) -> bool:
    storage = whole_number(mapping(own.get("EphemeralStorage")).get("Size")) or _STORAGE_OF_SNAPSHOTS
    mounts = bool(mappings(own.get("FileSystemConfigs")))
    on = mapping(own.get("SnapStart")).get("ApplyOn") == "PublishedVersions"
    return on and (mounts or storage > _STORAGE_OF_SNAPSHOTS)


def _asks_options(own: Mapping[str, Any]) -> bool:
    return "OPTIONS" in listed(mapping(own.get("Cors")).get("AllowMethods"))


PAIRS: Mapping[str, tuple[RefusedTogether, ...]] = {
    "AWS::Lambda::Alias": (
        RefusedTogether(
            "ProvisionedConcurrencyConfig",
            "InvalidParameterValueException",
            "it has provisioned concurrency for `$LATEST`",
            "name the number of a version in `FunctionVersion`",
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
            when=lambda own: own.get("FunctionVersion") == "$LATEST" and bool(own.get("ProvisionedConcurrencyConfig")),
        ),
    ),
    "AWS::Lambda::Function": (
        RefusedTogether(
            "SnapStart",
            "InvalidParameterValueException",
            f"SnapStart has no file systems, and at most {_STORAGE_OF_SNAPSHOTS} MB in `/tmp`",
            f"leave `SnapStart` out, or the file systems and more than {_STORAGE_OF_SNAPSHOTS} MB",
            when=_unfit_for_snapshots,
        ),
    ),
    "AWS::Lambda::Url": (
        RefusedTogether(
            "Cors",
            "ValidationException",
            "`AllowMethods` has OPTIONS, which is longer than 6 letters",
            "leave OPTIONS out: Lambda answers preflights itself",
            when=_asks_options,
        ),
    ),
}
"""By type, the refused properties, and whether these properties exclude each other."""
