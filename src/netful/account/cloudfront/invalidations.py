"""CloudFront's API of an account: invalidations. Nothing is cached here, so each is complete at once.

Distributions are read from templates alone: every other operation on them is refused, and a list only where there are some.
"""

import secrets
import string
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from netful.account.operations.query_api import Parameters
from netful.account.operations.rest_xml_api import RestXmlApi
from netful.account.wire.errors import ApiError
from netful.account.writing import Running

_LETTERS = string.ascii_uppercase + string.digits
_WHOLE = {"Marker": "", "MaxItems": 100, "IsTruncated": False}
"""The fields of a list that is on one page."""


class InvalidationsApi:
    """The handler of CloudFront's API. `_made` has the invalidations of a distribution by their ids."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._made: dict[str, dict[str, Mapping[str, Any]]] = {}
        operations = {
            "CreateInvalidation": self._create, "GetInvalidation": self._get, "ListInvalidations": self._list,
            "ListDistributions": self._list_distributions,
        }  # fmt: skip
        self.handle = RestXmlApi("cloudfront", operations).handle

    async def _create(self, asked: Parameters) -> Mapping[str, Any]:
        made = self._of(asked)
        id_ = "I" + "".join(secrets.choice(_LETTERS) for _ in range(13))
        batch = asked["InvalidationBatch"]
        made[id_] = {"Id": id_, "Status": "Completed", "CreateTime": datetime.now(UTC), "InvalidationBatch": batch}
        place = f"https://cloudfront.amazonaws.com/2020-05-31/distribution/{asked['DistributionId']}/invalidation/{id_}"
        return {"Location": place, "Invalidation": made[id_]}

    async def _get(self, asked: Parameters) -> Mapping[str, Any]:
        found = self._of(asked).get(asked["Id"])
        if found is None:
            raise ApiError("NoSuchInvalidation", "The specified invalidation does not exist.", 404)
        return {"Invalidation": found}

    async def _list(self, asked: Parameters) -> Mapping[str, Any]:
        made = [*reversed(self._of(asked).values())]
        return {"InvalidationList": {**_WHOLE, "Quantity": len(made), "Items": made}}

    async def _list_distributions(self, _asked: Parameters) -> Mapping[str, Any]:
        if self._running.cloud.names.distributions:
            why = "netful reads distributions from templates alone, and does not list those of this account"
            raise ApiError("UnknownOperationException", why, 404)
        return {"DistributionList": {**_WHOLE, "Quantity": 0}}

    def _of(self, asked: Parameters) -> dict[str, Mapping[str, Any]]:
        """Return the invalidations of the distribution that a request names. Raise ApiError for one that does not exist."""
        id_ = asked["DistributionId"]
        if all(id_ not in (one.id, one.aws_id) for one in self._running.cloud.names.distributions.values()):
            raise ApiError("NoSuchDistribution", "The specified distribution does not exist.", 404)
        return self._made.setdefault(id_, {})
