"""Trust stores as `DescribeTrustStores` returns them, and the listeners that ask clients for their certificates."""

from collections.abc import Iterator
from typing import Any

from netful.account.elbv2.view import View
from netful.model.balancing.mutual_authentication import TrustStore
from netful.model.load_balancing_arns import LISTENERS

_BEGIN = "-----BEGIN CERTIFICATE-----"


def trust_store(view: View, store: TrustStore, arn: str) -> dict[str, Any]:
    """Return the record of a trust store."""
    return {
        "TrustStoreArn": arn,
        "Name": arn.split("/")[-2],
        "Status": "ACTIVE",
        "NumberOfCaCertificates": view.cloud.apis.truststores.get(store.id, "").count(_BEGIN),
        "TotalRevokedEntries": 0,
    }


def associations(view: View, name: str) -> Iterator[dict[str, Any]]:
    """Yield the listeners that use a trust store."""
    for listener in view.cloud.balancing.listeners.values():
        if listener.mutual_authentication.trust_store_id == name:
            yield {"ResourceArn": view.arn(LISTENERS, listener.id)}
