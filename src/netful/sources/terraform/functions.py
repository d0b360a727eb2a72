"""Functions of a plan: the place of their code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netful.sources.terraform.plan import Planned
from netful.sources.terraform.translation import Completion, Translation


def _code(making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the place of a function's code: the file beside the plan that it names, else a place that is not here."""
    file = resource.values.get("filename")
    if isinstance(file, str) and (Path(making.file).parent / file).is_file():
        return {"Code": file}
    return {"Code": {"S3Bucket": "package", "S3Key": resource.address}}


COMPLETIONS: Mapping[str, Completion] = {"aws_lambda_function": _code}
