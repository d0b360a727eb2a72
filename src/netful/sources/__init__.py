"""Templates, plans and descriptions of accounts, read into the model: `load` is all that others need."""

from netful.sources.load import load

__all__ = ["load"]
