"""Templates, plans and descriptions of accounts, read into the model. Other packages need only `load`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netful.sources.loading import load

__all__ = ["load"]


def __getattr__(name: str) -> Any:
    if name != "load":
        raise AttributeError(f"module `netful.sources` has no attribute `{name}`", name=name, obj=None)
    from netful.sources.loading import load  # noqa: PLC0415  # who needs only the folder of a project reads no templates

    globals()["load"] = load
    return load
