"""Warm-up of boto3 in the zygote, so that a function's first client and call find its data read and imported.

Each client makes one call, which cannot leave: the zygote's network namespace has no links.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

_KEYS = {"aws_access_key_id": "-", "aws_secret_access_key": "-", "region_name": "us-east-1"}
_MOST_SERVICES = 8  # each costs tens of milliseconds at the start, and memory
_NOWHERE = "https://127.0.0.1"  # loopback is down: the kernel refuses at once, with no look-up before


def warm_boto3(services: Iterable[str]) -> None:
    """Load the data of boto3's default session for these services; without services, skip boto3."""
    names = tuple(services)[:_MOST_SERVICES]
    if not names:
        return
    boto3 = importlib.import_module("boto3")
    once = importlib.import_module("botocore.config").Config(retries={"total_max_attempts": 1})
    boto3.setup_default_session()
    with small_data():
        for name in names:
            # A name was only guessed from source text, so it may not be a service.
            with suppress(Exception):
                boto3.client(name, **_KEYS)
                _call(boto3.client(name, endpoint_url=_NOWHERE, config=once, **_KEYS))


@contextmanager
def small_data() -> Iterator[None]:
    """Have botocore read its data as dicts with shared texts, which take half the memory of its OrderedDicts."""
    loaders: Any = importlib.import_module("botocore.loaders")
    ordered = loaders.OrderedDict
    texts: dict[str, str] = {}

    def small(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        return {key: texts.setdefault(value, value) if type(value) is str else value for key, value in pairs}

    loaders.OrderedDict = small
    try:
        yield
    finally:
        loaders.OrderedDict = ordered


def _call(client: Any) -> None:
    """Call the first operation that needs no parameters."""
    model = client.meta.service_model
    shapes = ((name, model.operation_model(name).input_shape) for name in model.operation_names)
    operation = next(name for name, shape in shapes if shape is None or not shape.required_members)
    client._make_api_call(operation, {})  # noqa: SLF001  # by its name, as botocore's own methods call it
