"""Truststores of custom domains and load balancers that require client certificates, read from the stack's own buckets.

They are read when the stack starts and at every change of it, as AWS reads one when its domain is created or updated. An
object in the bucket comes before the file that `netful.toml` names.
"""

from collections.abc import Iterator, Mapping

from netful.engine.apis import mutual_tls
from netful.model.apis.domain import DomainName
from netful.model.balancing.mutual_authentication import TrustStore
from netful.model.cloud import Cloud
from netful.model.core import Frozen, url_parts
from netful.services.http.backend_requests import CallHost, call_bucket


class _Store(Frozen):
    """Authorities in an object of a bucket. `user` is the resource that needs them; they are known by the id `id`."""

    id: str
    user: DomainName | TrustStore
    bucket: str
    key: str
    setting: str


async def read(cloud: Cloud, call_host: CallHost) -> dict[str, str]:
    """Return the truststores that are in a bucket, by the ids of their domains or of themselves."""
    found = {store.id: await _read(cloud, store, call_host) for store in _stores(cloud)}
    return {id_: pem for id_, pem in found.items() if pem}


def _stores(cloud: Cloud) -> Iterator[_Store]:
    for domain in mutual_tls.domains(cloud):
        uri = url_parts(domain.truststore_uri if isinstance(domain.truststore_uri, str) else "")
        place = (uri.netloc, uri.path.removeprefix("/")) if uri.scheme == "s3" else ("", "")
        yield _Store(domain.id, domain, *place, f"its truststore `{domain.truststore_uri}`")
    for store in cloud.balancing.trust_stores.values():
        bucket, key = (one if isinstance(one, str) else "" for one in (store.bucket, store.key))
        yield _Store(store.id, store, bucket, key, f"its object `{key}` of the bucket `{bucket}`")


def having(cloud: Cloud, found: Mapping[str, str]) -> Cloud:
    """Return the cloud with these truststores."""
    return cloud.having(truststores={**cloud.apis.truststores, **found}) if found else cloud


async def _read(cloud: Cloud, store: _Store, call_host: CallHost) -> str:
    """Return the text of a truststore; "" if no bucket has it."""
    if not store.bucket:
        return ""
    answer = await call_bucket(call_host, cloud.region, "apigateway", "GET", (store.bucket, store.key))
    return answer.body.decode(errors="replace") if answer.status == 200 else ""


def warnings(cloud: Cloud) -> Iterator[str]:
    """Yield a warning for each truststore without content: it refuses all clients."""
    for store in _stores(cloud):
        if store.id not in cloud.apis.truststores:
            yield (
                f"{store.user.origin}: `{store.id}` asks clients for a certificate, but {store.setting} "
                f"is in no bucket of the stack: everybody is refused. Put it there and say "
                f"`netful up` again, or name a file in `netful.toml`, under `[truststores.{store.id}]`"
            )
