"""Truststores of custom domains that require client certificates, read from the stack's own buckets.

They are read when the stack starts and at every change of it, as AWS reads one when its domain is created or updated. An
object in the bucket comes before the file that `netful.toml` names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote

from netful.engine.apis import mutual_tls
from netful.model.apis.domain import DomainName
from netful.model.cloud import Cloud
from netful.model.core.urls import url_parts
from netful.model.names import service_names
from netful.services.http.backend_requests import CallHost, rest_request


async def read(cloud: Cloud, call_host: CallHost) -> dict[str, str]:
    """Return the truststores that are in a bucket, by the ids of their domains."""
    found = {domain.id: await _read(cloud, domain, call_host) for domain in mutual_tls.domains(cloud)}
    return {domain_id: pem for domain_id, pem in found.items() if pem}


def having(cloud: Cloud, found: Mapping[str, str]) -> Cloud:
    """Return the cloud with these truststores."""
    return cloud.having(truststores={**cloud.apis.truststores, **found}) if found else cloud


async def _read(cloud: Cloud, domain: DomainName, call_host: CallHost) -> str:
    """Return the text of a domain's truststore; "" if no bucket has it."""
    uri = url_parts(domain.truststore_uri if isinstance(domain.truststore_uri, str) else "")
    if uri.scheme != "s3" or not uri.netloc:
        return ""
    host = f"{uri.netloc}.{service_names.service('s3').host(cloud.region)}"
    # S3 serves objects only to clients that sign; the back end does not check the signature
    scope = f"Credential=apigateway/20200101/{cloud.region}/s3/aws4_request, SignedHeaders=host, Signature=0"
    asked = replace(
        rest_request("GET", quote(uri.path)), headers=(("Host", host), ("Authorization", f"AWS4-HMAC-SHA256 {scope}"))
    )
    answer = await call_host(host, asked)
    return answer.body.decode(errors="replace") if answer.status == 200 else ""


def warnings(cloud: Cloud) -> Iterator[str]:
    """Yield a warning for each domain that refuses all clients."""
    for domain in mutual_tls.domains(cloud):
        if domain.id not in cloud.apis.truststores:
            yield (
                f"{domain.origin}: `{domain.id}` asks clients for a certificate, but its truststore "
                f"`{domain.truststore_uri}` is in no bucket of the stack: everybody is refused. Put it there and say "
                f"`netful up` again, or name a file in `netful.toml`, under `[truststores.{domain.id}]`"
            )
