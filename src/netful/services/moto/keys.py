"""KMS keys with the ids of the template, where moto would generate others.

Runs only in the back end's process.
"""

import json
import sys
from typing import Any

from netful.services.deploy.keys_and_machines import ID_MEMBER

_RESPONSES, _MODELS = "moto.kms.responses", "moto.kms.models"


def keep_given_key_ids() -> None:
    """Use the id that a request contains, if the service is loaded."""
    responses: Any = sys.modules.get(_RESPONSES)
    models: Any = sys.modules.get(_MODELS)
    if responses is None or hasattr(responses, "netful_keeps_ids"):
        return
    responses.netful_keeps_ids = True
    answers, make_up = responses.KmsResponse, models.generate_key_id
    create = answers.create_key

    def create_key(answer: Any) -> Any:
        given = json.loads(answer.body or "{}").get(ID_MEMBER)
        if given is None:
            return create(answer)
        if (
            given in answer.kms_backend.keys
        ):  # it exists from an earlier deployment, and other data is encrypted with it
            return json.dumps(answer.kms_backend.keys[given].to_dict())
        models.generate_key_id = lambda _multi_region=False: given
        try:
            return create(answer)
        finally:
            models.generate_key_id = make_up

    answers.create_key = create_key
