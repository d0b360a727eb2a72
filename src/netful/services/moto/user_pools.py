"""User pools and their clients with the ids of the template, where moto would generate others."""

import sys
from typing import Any

from netful.services.deploy.user_pools import ID_MEMBER

_MODULE = "moto.cognitoidp.models"


def keep_given_ids() -> None:
    """Use the id that a request contains, if the service is loaded."""
    module: Any = sys.modules.get(_MODULE)
    if module is None or getattr(module.generate_id, "takes_given", False):
        return
    make_up = module.generate_id

    def id_of(strategy: str | None, *about: Any) -> str:
        """Return the given id, which is among the settings of a pool or client."""
        settings = about[-1]
        given = settings.pop(ID_MEMBER, None) if isinstance(settings, dict) else None
        return str(given) if given else str(make_up(strategy, *about))

    id_of.takes_given = True  # type: ignore[attr-defined]
    module.generate_id = id_of
