"""Warnings about settings of functions: those without an effect here, and those that AWS accepts only in some accounts."""

from collections.abc import Iterator

from netful.functions.code.package import LARGEST_UNZIPPED, Package, size_of
from netful.functions.environments.scaling import MINIMUM_UNRESERVED, Scaling
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.functions.function import Function

_USUAL = {"Timeout": "3 seconds", "MemorySize": "128 MB", "ReservedConcurrentExecutions": "none"}
"""Settings of functions, and their values where none is written."""


def of_function(function: Function, package: Package) -> list[str]:
    """Return the warnings about one function and its code."""
    place, id_ = function.origin, function.id
    missing = [key for key, value in function.environment.items() if isinstance(value, Unknown) and not value.reference]
    found = [f"{place}: `{id_}` runs without the variable `{key}`: its value is not known" for key in missing]
    if function.durable:
        found.append(
            f"{place}: `{id_}` runs like an ordinary function: netful keeps no checkpoints of durable executions"
        )
    if function.has_snap_start:
        found.append(
            f"{place}: `{id_}` has SnapStart: netful takes no snapshots, so every environment of a version initializes itself"
        )
    size = package.size + (size_of(package.layers) if package.layers else 0)
    if function.package_type == "Zip" and size > LARGEST_UNZIPPED:
        found.append(
            f"{place}: `{id_}` has {size:,} bytes of code and layers, unzipped: Lambda refuses more than {LARGEST_UNZIPPED:,}"
        )
    return found


def of_reserved(cloud: Cloud, scaling: Scaling) -> list[str]:
    """Return a warning if functions reserve more concurrency than AWS lets an account with its limit reserve."""
    reserving = [one for one in cloud.compute.functions.values() if one.reserved_concurrent_executions]
    if not reserving or scaling.unreserved >= MINIMUM_UNRESERVED:
        return []
    last = reserving[-1]
    what = f"functions up to `{last.id}` reserve {scaling.limit - scaling.unreserved:,} of the account's {scaling.limit:,} executions"
    why = f"Lambda refuses to leave less than {MINIMUM_UNRESERVED}"
    return [f"{last.origin}: {what}: {why} (hint: an account with a higher limit is `--lambda-concurrency`)"]


def of_unknown(cloud: Cloud) -> Iterator[str]:
    """Yield a warning for each setting of a function that is not known, in whose place it has Lambda's default."""
    for function in cloud.compute.functions.values():
        resource = cloud.template.resources.get(function.id)
        written = resource.properties if resource is not None else {}
        for name, usual in _USUAL.items():
            if isinstance(written.get(name), Unknown):
                yield f"{function.origin}: `{function.id}` has the usual `{name}`, {usual}: its own is not known"
