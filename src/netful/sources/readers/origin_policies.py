"""Policies of CloudFront: the parts of a viewer's request that reach an origin, by cache and origin request policies.

AWS's own policies are known by their ids. What a policy leaves out, no origin receives (newer-aws §12).
"""

from collections.abc import Mapping
from typing import TypeAlias

from netful.model.core import Maybe, Unknown
from netful.model.names.distributions import EVERYTHING, NOTHING, Forwarding, Selection
from netful.sources.template.reading import Inventory, Reader

Policies: TypeAlias = Mapping[str, Forwarding | None]
"""Policies by their ids, or by their names in the cloud; None for one whose settings are not known."""


def _listed(*names: str) -> Selection:
    return Selection(frozenset(names))


_CORS = ("origin", "access-control-request-headers", "access-control-request-method")
_DESCRIBING = frozenset({
    "cloudfront-forwarded-proto", "cloudfront-is-desktop-viewer", "cloudfront-is-mobile-viewer", "cloudfront-is-smarttv-viewer",
    "cloudfront-is-tablet-viewer", "cloudfront-viewer-asn", "cloudfront-viewer-country",
})  # fmt: skip
_OVERRIDES = ("host", "origin", "x-http-method-override", "x-http-method", "x-method-override")

CACHE_POLICIES: Policies = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": Forwarding(),  # CachingOptimized
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": Forwarding(),  # CachingOptimizedForUncompressedObjects
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": Forwarding(),  # CachingDisabled
    "2e54312d-136d-493c-8eb9-b001f22f67d2": Forwarding(  # Amplify
        _listed("authorization", "cloudfront-viewer-country", "host"), EVERYTHING, EVERYTHING
    ),
    "08627262-05a9-4f76-9ded-b50ca2e3a84f": Forwarding(  # Elemental-MediaPackage
        _listed("origin"), query=_listed("aws.manifestfilter", "start", "end", "m")
    ),
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": Forwarding(  # UseOriginCacheControlHeaders
        _listed(*_OVERRIDES), EVERYTHING
    ),
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": Forwarding(  # UseOriginCacheControlHeaders-QueryStrings
        _listed(*_OVERRIDES), EVERYTHING, EVERYTHING
    ),
}
"""AWS's own cache policies."""

ORIGIN_REQUEST_POLICIES: Policies = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": Forwarding(EVERYTHING, EVERYTHING, EVERYTHING),  # AllViewer
    "33f36d7e-f396-46d9-90e0-52428a34d9dc": Forwarding(  # AllViewerAndCloudFrontHeaders-2022-06
        EVERYTHING, EVERYTHING, EVERYTHING, _DESCRIBING
    ),
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": Forwarding(  # AllViewerExceptHostHeader
        Selection(frozenset({"host"}), excluding=True), EVERYTHING, EVERYTHING
    ),
    "59781a5b-3903-41f3-afcb-af62929ccde1": Forwarding(_listed("origin")),  # CORS-CustomOrigin
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": Forwarding(_listed(*_CORS)),  # CORS-S3Origin
    "775133bc-15f2-49f9-abea-afb2e0bf67d2": Forwarding(  # Elemental-MediaTailor-PersonalizedManifests
        _listed(*_CORS, "user-agent", "x-forwarded-for"), query=EVERYTHING
    ),
    "bf0718e1-ba1e-49d1-88b1-f726733018ae": Forwarding(_listed("host")),  # HostHeaderOnly
    "acba4595-bd28-49b8-b9fe-13317c0390fa": Forwarding(_listed("user-agent", "referer")),  # UserAgentRefererHeaders
}
"""AWS's own origin request policies."""


def policies(inventory: Inventory) -> tuple[Policies, Policies]:
    """Return the cache policies and the origin request policies, AWS's own included."""
    cache = {
        one.id: _policy(one.part("CachePolicyConfig").part("ParametersInCacheKeyAndForwardedToOrigin"))
        for one in inventory.of("AWS::CloudFront::CachePolicy")
    }
    request = {
        one.id: _policy(one.part("OriginRequestPolicyConfig"))
        for one in inventory.of("AWS::CloudFront::OriginRequestPolicy")
    }
    return {**CACHE_POLICIES, **cache}, {**ORIGIN_REQUEST_POLICIES, **request}


def forwarded(reader: Reader, cache: Policies, request: Policies) -> tuple[Forwarding | None, ...]:
    """Return what a behaviour forwards: by its policies, or by its older settings where it has no cache policy."""
    named = ((reader.text("CachePolicyId"), cache), (reader.text("OriginRequestPolicyId"), request))
    found = tuple(_named(name, known) for name, known in named if name is not None)
    older = _older(reader.part("ForwardedValues"))
    return found if reader.has("CachePolicyId") else (older, *found)


def _named(name: Maybe[str], known: Policies) -> Forwarding | None:
    return None if isinstance(name, Unknown) else known.get(name)


def _older(values: Reader) -> Forwarding | None:
    cookies = values.part("Cookies")
    headers = values.known_texts("Headers")
    every = "*" in headers
    kept = {"none": NOTHING, "all": EVERYTHING, "whitelist": _names(cookies, "WhitelistedNames")}
    chosen = kept.get(str(cookies.text("Forward") or "none"))
    whole = _names(values, "Headers", fold=True)
    query = EVERYTHING if values.flag("QueryString", default=False) else NOTHING
    if chosen is None or whole is None:
        return None
    return Forwarding(EVERYTHING if every else whole, chosen, query)


_AND_OWN = "allViewerAndWhitelistCloudFront"
_HEADERS = {
    "none": NOTHING,
    "allViewer": EVERYTHING,
    _AND_OWN: EVERYTHING,  # the listed ones are CloudFront's own
}
_PLAIN = {"none": NOTHING, "all": EVERYTHING}


def _policy(config: Reader) -> Forwarding | None:
    own = config.part("HeadersConfig")
    added = _names(own, "Headers", fold=True) if own.text("HeaderBehavior") == _AND_OWN else NOTHING
    parts = (
        _selection(own, "HeaderBehavior", "Headers", _HEADERS, fold=True),
        _selection(config.part("CookiesConfig"), "CookieBehavior", "Cookies", _PLAIN),
        _selection(config.part("QueryStringsConfig"), "QueryStringBehavior", "QueryStrings", _PLAIN),
    )
    headers, cookies, query = parts
    if headers is None or cookies is None or query is None or added is None:
        return None
    return Forwarding(headers, cookies, query, added.names)


def _selection(
    config: Reader, behavior: str, names: str, table: Mapping[str, Selection], *, fold: bool = False
) -> Selection | None:
    chosen = config.text(behavior)
    if isinstance(chosen, Unknown):
        return None
    if chosen in ("whitelist", "allExcept"):
        listed = _names(config, names, fold=fold)
        return Selection(listed.names, excluding=chosen == "allExcept") if listed is not None else None
    return table.get(chosen or "none")


def _names(reader: Reader, name: str, *, fold: bool = False) -> Selection | None:
    listed = reader.known_texts(name)
    texts = [one.lower() if fold else one for one in listed if isinstance(one, str)]
    return Selection(frozenset(texts)) if len(texts) == len(listed) else None
