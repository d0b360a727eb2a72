"""Templates, plans and descriptions of accounts, read into the model. Other packages need only `load`."""

from netful.sources.load import load

__all__ = ["load"]
