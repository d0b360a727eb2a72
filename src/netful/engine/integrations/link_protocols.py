"""Protocol of requests behind a VPC link, and the name that the certificate there must have (api-gateway §5.1, §6.4).

| integration | TLS | name |
|---|---|---|
| with a URL | by the URL's scheme | the URL's host, unless `insecureSkipVerification` |
| with a listener or a Cloud Map service | with `serverNameToVerify` | that name |
"""

from netful.model.apis.integration import Integration
from netful.model.core import url_parts


def is_secure(integration: Integration) -> bool | None:
    """Return whether API Gateway speaks TLS behind the link; None if it is not known."""
    if not isinstance(integration.uri, str):
        return None
    if "://" in integration.uri:
        return integration.uri.lower().startswith("https:")
    named = integration.server_name
    return named is not None and named != "" if named is None or isinstance(named, str) else None


def checked_name(integration: Integration) -> str:
    """Return the name that the certificate must have; "" if it is not checked, or not known."""
    if not is_secure(integration) or integration.insecure_skip_verification:
        return ""
    host = url_parts(str(integration.uri)).hostname or ""
    name = integration.server_name if isinstance(integration.server_name, str) else host
    return "" if "{" in name else name
