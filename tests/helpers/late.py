"""Modules that take long to import, for tests whose files every worker collects."""

from importlib import import_module
from types import ModuleType


class _Late(ModuleType):
    def __getattr__(self, name):
        if name.startswith("_"):  # pytest asks everything in a file if it wraps a fixture
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)


def late(name):
    """Return a module that is imported when one of its names is first used."""
    return _Late(name)
