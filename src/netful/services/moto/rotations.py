"""Rotations of secrets: recorded in the back end, and carried out by the daemon, which invokes the function.

moto invokes functions of its own, and without one it makes an empty version the current one. A version that becomes the current one
by its label is not what it returns.
"""

import json
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from netful.services.moto.replacements import replacing

_PENDING = "AWSPENDING"


def record_rotations(models: Any) -> None:
    """Let RotateSecret record the function and the pending version."""

    def rotate_secret(
        backend: Any,
        secret_id: str,
        client_request_token: str | None = None,
        rotation_lambda_arn: str | None = None,
        rotation_rules: Mapping[str, Any] | None = None,
        rotate_immediately: bool = True,  # noqa: FBT001, FBT002  # moto's own signature
    ) -> str:
        if not backend._is_valid_identifier(secret_id):  # noqa: SLF001  # there is no public way
            raise models.SecretNotFoundException
        secret = backend.secrets[secret_id]
        secret.rotation_lambda_arn = rotation_lambda_arn or secret.rotation_lambda_arn or ""
        if not secret.rotation_lambda_arn:
            raise models.InvalidRequestException("No Lambda rotation function ARN is associated with this secret.")
        secret.auto_rotate_after_days = (rotation_rules or {}).get(
            "AutomaticallyAfterDays", secret.auto_rotate_after_days
        )
        secret.rotation_enabled = secret.rotation_requested = True
        version = secret.default_version_id
        if rotate_immediately:
            version = client_request_token or str(uuid4())
            secret.remove_version_stages_from_old_versions([_PENDING])
            fresh = {"createdate": int(time.time()), "version_id": version, "version_stages": [_PENDING]}
            secret.versions[version] = fresh
            secret.last_rotation_date = int(time.time())
        return json.dumps({"ARN": secret.arn, "Name": secret.name, "VersionId": version})

    models.SecretsManagerBackend.rotate_secret = rotate_secret

    @replacing(models.SecretsManagerBackend)
    def update_secret_version_stage(move: Any, backend: Any, secret_id: str, *given: Any, **more: Any) -> Any:
        moved = move(backend, secret_id, *given, **more)
        secret = backend.secrets[secret_id]
        labelled = (id_ for id_, one in secret.versions.items() if "AWSCURRENT" in one["version_stages"])
        secret.set_default_version_id(next(labelled, secret.default_version_id))
        return moved
