"""Client certificates at listeners, and trust stores."""

from netful.model.balancing.mutual_authentication import OFF, Mode, MutualAuthentication, TrustStore
from netful.model.core import Unknown
from netful.sources.template.reading import Reader, known_or


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


def trust_store(reader: Reader) -> TrustStore:
    """Return a trust store."""
    place = reader.text("CaCertificatesBundleS3Bucket"), reader.text("CaCertificatesBundleS3Key")
    return TrustStore(reader.id, *place, origin=reader.origin)
