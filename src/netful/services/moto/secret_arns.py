"""ARNs of secrets as templates have them, where moto would generate the six letters at the end. Runs only in the back end's process."""

import sys
from typing import Any

from netful.model.names.id_forms import partition
from netful.model.names.secret_names import with_suffix

_MODULE = "moto.secretsmanager.utils"


def keep_secret_arns() -> None:
    """Let the end of an ARN follow from the secret's name, if the service is loaded."""
    module: Any = sys.modules.get(_MODULE)
    if module is not None:
        module.SecretsManagerSecretIdentifier.generate = _arn


def _arn(own: Any, *_known: Any, **_about: Any) -> str:
    end = with_suffix(own.name, own.account_id, own.region)
    return f"arn:{partition(own.region)}:secretsmanager:{own.region}:{own.account_id}:secret:{end}"
