"""ImportApiKeys: API keys of a file of comma-separated values, with the usage plans that they belong to."""

import csv
from collections.abc import Iterator
from typing import Any

from netful.account.apigateway.live.keys import create_api_key
from netful.account.apigateway.live.plans import create_usage_plan_key
from netful.account.apigateway.operations.faults import bad_request
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site
from netful.account.wire.errors import ApiError

_NEEDED = ("name", "key")


def _import_api_keys(site: Site, wanted: OperationRequest) -> Any:
    """Import the keys of a file; rows that are refused are warnings, unless the request fails on warnings."""
    if wanted.one("format").lower() != "csv":
        raise bad_request("Invalid API key format specified. Must be one of: [csv]")
    ids, warnings = [], []
    for number, row in enumerate(_rows(wanted.document), 1):
        try:
            ids.append(_imported(site, wanted, row))
        except ApiError as error:
            if wanted.flag("failonwarnings"):
                raise
            warnings.append(f"Row {number}: {error.message}")
    return {"ids": ids, "warnings": warnings}


def _rows(text: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a file by the names of its columns, in lower case."""
    reader = csv.DictReader(text.lstrip("\ufeff").splitlines())
    columns = [str(name).strip().lower() for name in reader.fieldnames or ()]
    if any(name not in columns for name in _NEEDED):
        raise bad_request("Invalid API key file: the columns name and key are required")
    reader.fieldnames = columns
    for row in reader:
        yield {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}


def _imported(site: Site, wanted: OperationRequest, row: dict[str, str]) -> str:
    """Create the key of a row, and return its id. The key is not there where one of its plans does not exist."""
    before = site.cloud
    own = {"name": row["name"], "value": row["key"], "description": row.get("description") or None}
    enabled = (row.get("enabled") or "true").lower() == "true"
    made = create_api_key(site, OperationRequest({}, wanted.query, {**own, "enabled": enabled}))
    try:
        for plan in filter(None, (one.strip() for one in row.get("usageplanids", "").split(","))):
            body = {"keyId": made["id"], "keyType": "API_KEY"}
            create_usage_plan_key(site, OperationRequest({"plan": plan}, {}, body))
    except ApiError:
        site.cloud = before
        raise
    return str(made["id"])


OPERATIONS = (Change(_import_api_keys),)
