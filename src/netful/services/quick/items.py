"""DynamoDB's GetItem and PutItem, without expressions and conditions."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from netful.services.backends.frames import FrameCall, FrameReply
from netful.services.quick.place import backend, region_of
from netful.services.quick.reply import json_answer

_VERSION = "1.0"


class _GetItem(msgspec.Struct, forbid_unknown_fields=True):
    table: str = msgspec.field(name="TableName")
    key: dict[str, dict[str, str]] = msgspec.field(name="Key")
    consistent: bool = msgspec.field(name="ConsistentRead", default=False)


class _PutItem(msgspec.Struct, forbid_unknown_fields=True):
    table: str = msgspec.field(name="TableName")
    item: dict[str, dict[str, Any]] = msgspec.field(name="Item")


_get_decoder = msgspec.json.Decoder(_GetItem)
_put_decoder = msgspec.json.Decoder(_PutItem)


def get_item(call: FrameCall) -> FrameReply | None:
    """Return an item by its key."""
    asked = _get_decoder.decode(call.body)
    tables = backend("dynamodb", region_of(call.host))
    table = tables.tables.get(asked.table)
    if table is None or {*asked.key} != {*table.attribute_keys} or not all(_is_key(v) for v in asked.key.values()):
        return None
    item = tables.get_item(asked.table, asked.key)
    content = {"Item": {name: _written(value) for name, value in item.attrs.items()}} if item else {}
    return json_answer(call, content, _VERSION, checksum=True)


def put_item(call: FrameCall) -> FrameReply | None:
    """Put an item, and replace an existing one."""
    asked = _put_decoder.decode(call.body)
    tables = backend("dynamodb", region_of(call.host))
    table = tables.tables.get(asked.table)
    if table is None or not all(_is_plain(value) for value in asked.item.values()):
        return None
    keys = {*table.attribute_keys, *(name for index in table.global_indexes for name in index.schema_key_attrs)}
    if not all(_is_key(asked.item[name]) for name in keys if name in asked.item):
        return None
    tables.put_item(asked.table, asked.item, overwrite=True)
    return json_answer(call, {}, _VERSION, checksum=True)


def _is_key(value: Mapping[str, Any]) -> bool:
    """Return whether a value may be a key's: text or a number, and not empty."""
    kind, content = next(iter(value.items()), ("", ""))
    return len(value) == 1 and kind in {"S", "N"} and bool(content)


def _is_text(content: object) -> bool:
    return type(content) is str


def _is_set(content: object) -> bool:
    return isinstance(content, list) and bool(content) and all(type(one) is str for one in content)


def _is_list(content: object) -> bool:
    return isinstance(content, list) and all(_is_plain(one) for one in content)


def _is_map(content: object) -> bool:
    return isinstance(content, dict) and all(_is_plain(one) for one in content.values())


# Binary values are left to moto, which reads them in several forms.
_PLAIN: dict[str, Callable[[object], bool]] = {
    "S": _is_text,
    "N": _is_text,
    "BOOL": lambda content: type(content) is bool,
    "NULL": lambda content: content is True,
    "SS": _is_set,
    "NS": _is_set,
    "L": _is_list,
    "M": _is_map,
}


def _is_plain(value: object) -> bool:
    """Return whether an attribute's value is one of the kinds above, in its correct form."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((kind, content),) = value.items()
    check = _PLAIN.get(kind)
    return check is not None and check(content)


def _written(value: Any) -> dict[str, Any]:
    """Return a value of moto as DynamoDB writes it."""
    content = value.value
    if value.type == "L":
        content = [_written(one) for one in content]
    elif value.type == "M":
        content = {name: _written(one) for name, one in content.items()}
    return {value.type: content}
