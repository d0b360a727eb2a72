"""Which media types of an API are binary (api-gateway §5.16).

An entry may be written with `~1` for its slash, and may end in `/*`, and `*/*` is every type; any other `*` matches nothing, in an entry as in `Accept`.
"""

from __future__ import annotations

from netful.model.api import Api, RestApi


def is_binary(api: Api, media_type: str) -> bool:
    """Whether a body of a type is binary, by its `Content-Type`, or by the first type of an `Accept`."""
    if not isinstance(api, RestApi) or not api.binary_media_types:
        return False
    wanted = media_type.partition(",")[0].partition(";")[0].strip().lower()
    listed = {entry.lower().replace("~1", "/") for entry in api.binary_media_types if isinstance(entry, str)}
    main, slash, _ = wanted.partition("/")
    return "*/*" in listed or (bool(slash) and (wanted in listed or f"{main}/*" in listed))
