from __future__ import annotations

import pkgutil
import re
from importlib import import_module

import netful.engine
from netful.engine.trace.hints import HINTS

INFORMATIONAL = {"NETFUL_DNS_RESOLVES_PUBLIC", "NETFUL_DNS_CAPTURED_BY_ENDPOINT"}


def codes():
    for module in pkgutil.iter_modules(netful.engine.__path__):
        for value in vars(import_module(f"netful.engine.{module.name}")).values():
            if isinstance(value, str) and re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", value):
                yield value


def test_every_refusal_has_a_hint():
    assert set(codes()) - INFORMATIONAL <= set(HINTS)
