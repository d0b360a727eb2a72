"""Services that endpoints name and that AWS does not have: names of another form or Region, and those that are surely misspelt.

Not every service of AWS, or of other accounts, is known.
"""

import re

from netful.model.names.service_names import SERVICES, service_code
from netful.sources.files.complaint import SURELY, close_match

_NAME = re.compile(r"(?:cn\.)?com\.amazonaws\.(?:vpce\.)?(?:(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.)?.+|aws\..+")
_LETTERS = 2
NO_SERVICE = "The Vpc Endpoint Service '{}' does not exist"


def is_missing(name: str, region: str) -> bool:
    """Return whether an endpoint for a service in a Region cannot have this service."""
    found, code = _NAME.fullmatch(name), service_code(name).removesuffix("-fips")
    if found is None or found["region"] not in (None, region):
        return True
    near = [one for one in SERVICES if abs(len(one) - len(code)) <= _LETTERS]  # a longer name is another service
    return bool(code) and code not in SERVICES and bool(close_match(code, near, likeness=SURELY))
