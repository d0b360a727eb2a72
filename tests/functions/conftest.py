"""A bench for functions: sandboxes in plain namespaces, without a fabric."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from netful.fabric.kernel.thread import NamespaceThread
from tests.helpers.lambda_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    thread = NamespaceThread()
    yield Bench(tmp_path, thread)
    thread.close()
