"""Errors about what does not exist, where moto fails on it with the name as a missing key: the error is that of the operation's model."""

import json
import re
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

_CODE = re.compile("NotFound|NotExist")


def refuse_missing(responses: Any) -> None:
    """Refuse what a request names and moto does not have, where the operation has an error for that."""
    call = responses.BaseResponse.call_action

    def call_action(answer: Any) -> Any:
        try:
            return call(answer)
        except KeyError as error:
            name, shape = next(iter(error.args), None), _shape(responses, answer)
            if shape is None or not _is_named(answer, name):
                raise
            told = {"Code": shape.error_code, "Message": f"{name} does not exist"}
            status = shape.metadata.get("error", {}).get("httpStatusCode", 400)
            metadata = {"HTTPStatusCode": status}
            raise ClientError({"Error": told, "ResponseMetadata": metadata}, answer._get_action()) from error  # noqa: SLF001  # moto's own way

    responses.BaseResponse.call_action = call_action


def _shape(responses: Any, answer: Any) -> Any:
    """Return the first error of the called operation that is for what does not exist; None without one."""
    operation = responses.get_service_model(answer.boto3_service_name).operation_model(answer._get_action())  # noqa: SLF001
    return next((one for one in operation.error_shapes if _CODE.search(one.name)), None)


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
