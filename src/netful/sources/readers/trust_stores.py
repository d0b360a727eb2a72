"""Client certificates at listeners, and trust stores."""

from netful.model.balancing.mutual_authentication import OFF, Mode, MutualAuthentication, TrustStore
from netful.model.core import Unknown
from netful.sources.template.reading import Inventory, Reader, known_or


def mutual_authentication(reader: Reader) -> MutualAuthentication:
    """Return a listener's treatment of client certificates."""
    mode = reader.text("Mode")
    if not isinstance(mode, Unknown) and mode not in (Mode.PASSTHROUGH, Mode.VERIFY):
        return OFF
    return MutualAuthentication(
        mode if isinstance(mode, Unknown) else Mode(mode),
        reader.text("TrustStoreArn"),
        reader.flag("IgnoreClientCertificateExpiry", default=False) is True,
        known_or(reader.text("AdvertiseTrustStoreCaNames"), "off") == "on",
    )


def trust_stores(inventory: Inventory) -> dict[str, TrustStore]:
    """Return the trust stores."""
    return {
        reader.id: TrustStore(
            reader.id,
            reader.text("CaCertificatesBundleS3Bucket"),
            reader.text("CaCertificatesBundleS3Key"),
            origin=reader.origin,
        )
        for reader in inventory.of("AWS::ElasticLoadBalancingV2::TrustStore")
    }
