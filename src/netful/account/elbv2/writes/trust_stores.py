"""Writes of trust stores: bundles of certificates in buckets, by which listeners know their clients."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from netful.account.changes import Put, Remove, changed, new, updated
from netful.account.elbv2.describe.trust_stores import associations
from netful.account.elbv2.kinds import OF_PART, existing
from netful.account.elbv2.view import View
from netful.account.elbv2.world import PREFIX, Asked, Change, answered, check_name, fresh_hex, own_resource
from netful.account.operations.query_api import Operation, Parameters
from netful.account.wire.errors import ApiError
from netful.account.writing import Running
from netful.model.cloud import Cloud
from netful.model.load_balancing_arns import TRUST_STORES

_TYPE = f"{PREFIX}TrustStore"
_BUNDLE = ("CaCertificatesBundleS3Bucket", "CaCertificatesBundleS3Key", "CaCertificatesBundleS3ObjectVersion")

Bundles = Callable[[Cloud], Awaitable[Mapping[str, str]]]
"""Returns the certificates of the trust stores of a cloud, by their names in it, where a bucket has them."""


def create_trust_store(view: View, asked: Asked) -> Change:
    """CreateTrustStore: listeners may use it from now on."""
    check_name(asked["Name"], "trust store")
    if any(one["Name"] == asked["Name"] for one in OF_PART[TRUST_STORES].records(view)):
        raise ApiError("DuplicateTrustStoreName", f"A trust store with the name '{asked['Name']}' exists")
    id_ = f"truststore/{asked['Name']}/{fresh_hex()}"
    properties = {name: asked[name] for name in ("Name", "Tags", *_BUNDLE) if name in asked}
    return Change((new(_TYPE, id_, properties),), answered(TRUST_STORES, id_))


def modify_trust_store(view: View, asked: Asked) -> Change:
    """ModifyTrustStore: another bundle."""
    name = existing(view, TRUST_STORES, asked["TrustStoreArn"])
    edit = updated(own_resource(view, name), **{key: asked.get(key) for key in _BUNDLE})
    return Change((edit,), answered(TRUST_STORES, name))


def delete_trust_store(view: View, asked: Asked) -> Change:
    """DeleteTrustStore: no listener may use it."""
    name = existing(view, TRUST_STORES, asked["TrustStoreArn"])
    if any(associations(view, name)):
        raise ApiError("TrustStoreInUse", f"Trust store '{asked['TrustStoreArn']}' is currently in use by a listener")
    return Change((Remove(own_resource(view, name).id),), lambda _after: {})


WRITES = {
    "CreateTrustStore": create_trust_store,
    "ModifyTrustStore": modify_trust_store,
    "DeleteTrustStore": delete_trust_store,
}


def reading(
    running: Running, view: Callable[[Cloud], View], bundles: Bundles, operations: Mapping[str, Operation]
) -> dict[str, Operation]:
    """Return the operations that need a bundle; one that is in no bucket refuses the request."""

    async def stored(name: str, write: Operation, asked: Parameters) -> Mapping[str, Any]:
        draft = WRITES[name](view(running.cloud), asked)
        wanted = next(edit.resource.id for edit in draft.edits if isinstance(edit, Put))
        if wanted not in await bundles(changed(running.cloud, draft.edits)):
            bucket, key = (asked[one] for one in _BUNDLE[:2])
            text = f"The CA certificates bundle '{key}' of the bucket '{bucket}' was not found"
            raise ApiError("CaCertificatesBundleNotFound", text)
        answer = await write(asked)
        (made,) = answer["TrustStores"]
        found = await bundles(running.cloud)
        await running.become(lambda cloud: cloud.having(truststores={**cloud.apis.truststores, **found}))
        now = view(running.cloud)
        return answered(TRUST_STORES, existing(now, TRUST_STORES, made["TrustStoreArn"]))(now)

    return {name: partial(stored, name, operations[name]) for name in ("CreateTrustStore", "ModifyTrustStore")}
