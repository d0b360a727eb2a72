"""Errors about what does not exist, where moto fails on it with the name as a missing key: the error is that of the operation's model."""

import json
import re
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from netful.model.json_texts import json_object
from netful.services.moto.replacements import replacing

_CODE = re.compile("NotFound|(?:Does)?NotExist")
_NAMING = re.compile("(?i:name|id|identifier|arn)$")


def refuse_missing(responses: Any) -> None:
    """Refuse what a request names and moto does not have, where the operation has an error for that."""

    @replacing(responses.BaseResponse)
    def call_action(call: Any, answer: Any) -> Any:
        try:
            return call(answer)
        except KeyError as error:
            name = next(iter(error.args), None)
            shape = _shape(responses, answer, name)
            if shape is None or not _is_named(answer, name):
                raise
            told = {"Code": shape.error_code, "Message": f"{name} does not exist"}
            status = shape.metadata.get("error", {}).get("httpStatusCode", 400)
            metadata = {"HTTPStatusCode": status}
            raise ClientError({"Error": told, "ResponseMetadata": metadata}, answer._get_action()) from error  # noqa: SLF001  # moto's own way


def _shape(responses: Any, answer: Any, name: object) -> Any:
    """Return the error of the called operation for what does not exist: of several the one of the member with the name, or the first."""
    operation = responses.get_service_model(answer.boto3_service_name).operation_model(answer._get_action())  # noqa: SLF001
    shapes = [one for one in operation.error_shapes if _CODE.search(one.name)]
    asked = {key: value for key, (value, *_) in answer.querystring.items()} | json_object(str(answer.body or ""))
    kind = next((_NAMING.sub("", key) for key, value in asked.items() if value == name), "")
    return next((one for one in shapes if kind.endswith(_CODE.split(one.name)[0])), next(iter(shapes), None))


def _is_named(answer: Any, name: object) -> bool:
    """Return whether a request has a name among its values; what an ARN names may exist, where moto knows it by its id alone."""
    return (
        isinstance(name, str)
        and not name.startswith("arn:")
        and (
            json.dumps(name) in str(answer.body)
            or name in unquote(answer.path).split("/")
            or [name] in answer.querystring.values()
        )
    )
