"""Values of the Data API's requests and answers, each a `Field` of one member (RDS Data Service, `Field`)."""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from netful.account.wire.errors import ApiError

_HINTS: Mapping[str, Callable[[str], Any]] = {
    "DATE": dt.date.fromisoformat,
    "DECIMAL": Decimal,
    "TIME": dt.time.fromisoformat,
    "TIMESTAMP": dt.datetime.fromisoformat,
    "UUID": UUID,
    "JSON": str,
}
_ARRAYS = ((bool, "booleanValues"), (int, "longValues"), (float, "doubleValues"), (list, "arrayValues"))
_PLAIN = ("booleanValue", "longValue", "doubleValue")


def parameter(given: Mapping[str, Any]) -> Any:
    """Return the value of a parameter of a statement. Raises ApiError for one that its hint does not fit, and for arrays."""
    field, name, hint = given.get("value") or {}, given.get("name", ""), given.get("typeHint")
    if field.get("isNull") or not field:
        return None
    if "arrayValue" in field:
        raise ApiError("BadRequestException", "Array parameters are not supported.")
    try:
        if "blobValue" in field:
            return base64.b64decode(field["blobValue"], validate=True)
        if "stringValue" in field:
            return _HINTS[hint](field["stringValue"]) if hint else field["stringValue"]
    except (ValueError, InvalidOperation, binascii.Error) as error:
        raise ApiError(
            "BadRequestException", f"Parameter {name} is not of the type {hint or 'blob'}: {error}"
        ) from error
    return next((field[one] for one in _PLAIN if one in field), None)


def field(value: Any, options: Mapping[str, str]) -> dict[str, Any]:
    """Return a value of a result as a field. `options` are the request's `resultSetOptions`."""
    if value is None:
        return {"isNull": True}
    if isinstance(value, bool):
        return {"booleanValue": value}
    if isinstance(value, int):
        return {"stringValue": str(value)} if options.get("longReturnType") == "STRING" else {"longValue": value}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, Decimal) and options.get("decimalReturnType") == "DOUBLE_OR_LONG":
        return {"longValue": int(value)} if value == value.to_integral_value() else {"doubleValue": float(value)}
    if isinstance(value, bytes | bytearray):
        return {"blobValue": base64.b64encode(value).decode()}
    if isinstance(value, list):
        return {"arrayValue": _array(value)}
    return {"stringValue": _text(value)}


def plain(value: Any) -> Any:
    """Return a value of a result as JSON has it, for `formatRecordsAs`."""
    if value is None or isinstance(value, bool | int | float | list):
        return value
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    return float(value) if isinstance(value, Decimal) else _text(value)


def _array(values: list[Any]) -> dict[str, list[Any]]:
    first = next((one for one in values if one is not None), "")
    member = next((name for kind, name in _ARRAYS if isinstance(first, kind)), "stringValues")
    if member == "arrayValues":
        return {member: [_array(one) for one in values]}
    return {member: [_text(one) if member == "stringValues" else one for one in values]}


def _text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    return json.dumps(value) if isinstance(value, dict) else str(value)
