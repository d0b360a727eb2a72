"""KMS keys with the ids of the template, where moto would generate others.

Runs only in the back end's process.
"""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Mapping
from typing import Any

from netful.services.deploy.keys_and_machines import ID_MEMBER

_RESPONSES, _MODELS, _CIPHERTEXTS = "moto.kms.responses", "moto.kms.models", "moto.kms.utils"
_SPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")


def keep_given_key_ids() -> None:
    """Use the id that a request contains, and find a key by it, if the service is loaded."""
    responses: Any = sys.modules.get(_RESPONSES)
    models: Any = sys.modules.get(_MODELS)
    if responses is None or hasattr(responses, "netful_keeps_ids"):
        return
    responses.netful_keeps_ids = True
    answers, make_up = responses.KmsResponse, models.generate_key_id
    create, validate = answers.create_key, answers._validate_cmk_id  # noqa: SLF001  # moto has no other place for it

    names: dict[str, str] = {}
    _name_in_ciphertexts(names)

    def create_key(answer: Any) -> Any:
        given = json.loads(answer.body or "{}").get(ID_MEMBER)
        if given is None:
            return create(answer)
        if (
            given in answer.kms_backend.keys
        ):  # it exists from an earlier deployment, and other data is encrypted with it
            return json.dumps(answer.kms_backend.keys[given].to_dict())
        names[str(uuid.uuid5(_SPACE, given))] = given
        models.generate_key_id = lambda _multi_region=False: given
        try:
            return create(answer)
        finally:
            models.generate_key_id = make_up

    def validate_cmk_id(answer: Any, key_id: str) -> None:
        if key_id not in answer.kms_backend.keys:
            validate(answer, key_id)

    answers.create_key, answers._validate_cmk_id = create_key, validate_cmk_id  # noqa: SLF001


def _name_in_ciphertexts(names: Mapping[str, str]) -> None:
    """Replace a given key id in ciphertexts by one of 36 bytes, which moto needs there; `names` maps it back."""
    module: Any = sys.modules[_CIPHERTEXTS]
    written, read = module._serialize_ciphertext_blob, module._deserialize_ciphertext_blob  # noqa: SLF001

    def write(ciphertext: Any) -> Any:
        return written(ciphertext._replace(key_id=_placed(ciphertext.key_id, names)))

    def read_back(ciphertext_blob: bytes) -> Any:
        ciphertext = read(ciphertext_blob)
        return ciphertext._replace(key_id=names.get(ciphertext.key_id, ciphertext.key_id))

    module._serialize_ciphertext_blob, module._deserialize_ciphertext_blob = write, read_back  # noqa: SLF001


def _placed(key_id: str, names: Mapping[str, str]) -> str:
    placed = str(uuid.uuid5(_SPACE, key_id))
    return placed if placed in names else key_id
