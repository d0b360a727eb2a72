"""Requests of DynamoDB, held to its model as DynamoDB holds them, and those about exports, whose optional members moto needs."""

from typing import Any

from netful.service_models.requests import ConstraintError, SerializationError, check
from netful.service_models.service_model import service_model
from netful.services.moto.replacements import replacing


def check_requests(responses: Any) -> None:
    """Refuse requests without a required member, or with one beyond its constraints: 26 items in a batch, an index named `a`."""
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415  # loaded with the service

    model = service_model("dynamodb")

    @replacing(responses.DynamoHandler)
    def call_action(call: Any, answer: Any) -> Any:
        operation = model.operations.get(answer._get_action())  # noqa: SLF001  # moto's own way
        try:
            if operation is not None:
                check(model, operation, answer.params)
        except ConstraintError as error:
            raise JsonRESTError("ValidationException", str(error)) from error
        except SerializationError as error:
            raise JsonRESTError("SerializationException", str(error)) from error
        return call(answer)


def export_tables(responses: Any) -> None:
    """Export a table without a prefix for its objects, and list the exports of all tables."""

    @replacing(responses.DynamoHandler)
    def export_table_to_point_in_time(export: Any, answer: Any) -> Any:
        answer.body.setdefault("S3Prefix", "")
        return export(answer)

    @replacing(responses.DynamoHandler)
    def list_exports(listed: Any, answer: Any) -> Any:
        if answer.body.get("TableArn"):
            return listed(answer)
        members = {"ExportArn": "arn", "ExportStatus": "status", "ExportType": "export_type"}
        every = answer.dynamodb_backend.table_exports.values()
        found = [{name: getattr(one, own) for name, own in members.items()} for one in every]
        return responses.ActionResult({"ExportSummaries": found})
