"""Operations that describe what no call can make: an account has none, unless a template brings it.

Where a template has resources of the type, the operation is refused: an empty list would be wrong.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from botocore.model import ListShape

from netful.account.operations.query_api import Operation, Parameters
from netful.account.wire.errors import ApiError, invalid_action
from netful.account.wire.service_model import operation_model
from netful.model.cloud import Cloud
from netful.model.core import Frozen


class Absent(Frozen):
    """Things that an account has none of: the type that a template may bring, and the error for a wanted one.

    `asked` is the parameter that names one or several, `code` the code for one that does not exist.
    """

    type: str = ""
    asked: str = ""
    code: str = ""
    status: int = 400


def operations(service: str, rows: Mapping[str, Absent], cloud: Callable[[], Cloud]) -> dict[str, Operation]:
    """Return the operations of a service that return empty lists, by name."""
    return {name: partial(_describe, service, name, one, cloud) for name, one in rows.items()}


async def _describe(
    service: str, name: str, absent: Absent, cloud: Callable[[], Cloud], asked: Parameters
) -> Mapping[str, Any]:
    if absent.type and any(cloud().template.of_type(absent.type)):
        raise invalid_action(name)
    wanted = asked.get(absent.asked)
    if wanted:
        shown = wanted if isinstance(wanted, str) else wanted[0]
        raise ApiError(absent.code, f"'{shown}' does not exist", absent.status)
    model = operation_model(service, name)
    assert model is not None
    return {key: [] for key, shape in model.output_shape.members.items() if isinstance(shape, ListShape)}
