"""Client certificates at listeners, and the authorities that sign them (spec: newer-aws §11.1)."""

from enum import StrEnum

from netful.model.core import Frozen, Identified, Maybe


class Mode(StrEnum):
    """Treatment of client certificates: `passthrough` passes them to targets unverified, `verify` requires a valid one."""

    OFF = "off"
    PASSTHROUGH = "passthrough"
    VERIFY = "verify"


class MutualAuthentication(Frozen):
    """The treatment of client certificates at a listener. `advertises`: clients learn the names of the authorities."""

    mode: Maybe[Mode] = Mode.OFF
    trust_store_id: Maybe[str] | None = None
    ignores_expiry: bool = False
    advertises: bool = False


OFF = MutualAuthentication()


class TrustStore(Identified):
    """Certificate authorities of clients: an object in a bucket."""

    bucket: Maybe[str] | None = None
    key: Maybe[str] | None = None
