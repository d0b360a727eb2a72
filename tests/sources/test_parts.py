"""Parts of a cloud: each has a reader, and each reader is registered."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import netful
from netful.model.cloud import group_of
from netful.sources import apis, cloudformation, described, readers
from netful.sources.described import account
from netful.sources.parts import COMPUTED, PartReader, filled

RESOURCES = {part for part, group in group_of().items() if group != "template"}
EVERY = (*cloudformation.READERS, *account.READERS, *account.DECLARED)


def test_every_part_is_filled_by_a_reader_or_computed() -> None:
    assert {row.part for row in cloudformation.READERS} == RESOURCES - COMPUTED.keys()
    assert COMPUTED.keys() <= RESOURCES


def test_computed_parts_name_the_module_that_fills_them() -> None:
    root = Path(netful.__file__).parent
    assert [part for part, module in COMPUTED.items() if part not in (root / module).read_text()] == []


def test_every_reader_names_parts_of_a_cloud() -> None:
    assert {name for row in EVERY for name in (row.part, *row.needs)} <= RESOURCES


def test_every_module_of_readers_is_registered() -> None:
    registered = set(map(id, EVERY))
    modules = [
        import_module(f"{package.__name__}.{found.name}")
        for package in (readers, apis, described)
        for found in iter_modules(package.__path__)
        if found.name != "account"
    ]
    rows = [row for module in modules for row in getattr(module, "READERS", ())]
    assert rows
    assert [row.part for row in rows if id(row) not in registered] == []


def test_a_needed_part_is_filled_first_and_readers_of_a_part_add_up() -> None:
    rows = (
        PartReader("subnets", lambda source, vpcs: {"subnet": (source, [*vpcs])}, needs=("vpcs",)),
        PartReader("vpcs", lambda source: {"a": source, "b": source}),
        PartReader("vpcs", lambda source: {"b": source * 2}),
    )
    assert filled((1, rows)) == {"subnets": {"subnet": (1, ["a", "b"])}, "vpcs": {"a": 1, "b": 2}}
