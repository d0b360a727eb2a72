"""Modules that take long to import, for tests whose files every worker collects."""

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec


def late(name):
    """Return a module that is imported when it is first used."""
    if name not in sys.modules:
        spec = find_spec(name)
        spec.loader = LazyLoader(spec.loader)
        sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]
