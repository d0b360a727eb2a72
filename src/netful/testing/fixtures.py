"""Makers of fixtures: a network that was read, and a stack that runs.

Each process of pytest-xdist reads and starts its own. Stacks have names of their own, so they run beside those of other
processes and of `netful up`.
"""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest

import netful
from netful.fabric.kernel.rights import find_rights
from netful.library.network import FilePath

Scope = Literal["session", "package", "module", "class", "function"]
_numbers = itertools.count()


def network_fixture(*templates: FilePath, scope: Scope = "session", **options: Any) -> Any:
    """Return a fixture for a network; `templates` and `options` are those of `netful.load`."""

    @pytest.fixture(scope=scope)
    def network() -> netful.Network:
        return read(*templates, **options)

    return network


def stack_fixture(*templates: FilePath, scope: Scope = "session", **options: Any) -> Any:
    """Return a fixture for a running stack; `templates` and `options` are those of `netful.up`.

    Tests that use it are skipped where the machine permits no packets.
    """

    @pytest.fixture(scope=scope)
    def stack(pytestconfig: pytest.Config) -> Iterator[netful.Stack]:
        require_packets(pytestconfig)
        with running(*templates, **options) as started:
            yield started

    return stack


def read(*templates: FilePath, **options: Any) -> netful.Network:
    """Return a network; a source that cannot be read fails the test with its message alone."""
    try:
        return netful.load(*templates, **options)
    except netful.NetfulError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@contextmanager
def running(*templates: FilePath, **options: Any) -> Iterator[netful.Stack]:
    """Run a stack for the block, under a name that no other process uses."""
    own = {"run_as": f"pytest-{os.getpid()}-{next(_numbers)}", **options}
    starting = netful.up(*templates, **own)
    try:
        stack = starting.__enter__()
    except netful.NetfulError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    try:
        yield stack
    finally:
        starting.__exit__(None, None, None)


def require_packets(config: pytest.Config) -> None:
    """Skip the test where the machine permits no packets; with `netful_require_packets` fail it."""
    try:
        find_rights().require()
    except netful.RightsError as refused:
        if config.getini("netful_require_packets"):
            raise pytest.fail.Exception(str(refused), pytrace=False) from None
        raise pytest.skip.Exception(str(refused).splitlines()[0]) from None
