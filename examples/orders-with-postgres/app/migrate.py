"""Brings the schema of the database to its newest version: a custom resource of CloudFormation, which may also be invoked."""

import json
import urllib.request
from pathlib import Path

from database import connection


def handler(event, context):
    if "ResponseURL" not in event:
        return migrate()
    try:
        done = {"Status": "SUCCESS", "Data": {"Applied": migrate() if event["RequestType"] != "Delete" else []}}
    except Exception as error:  # noqa: BLE001  # CloudFormation has to hear of each
        done = {"Status": "FAILED", "Reason": str(error)}
    asked = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    body = json.dumps({**asked, "PhysicalResourceId": "schema", **done}).encode()
    request = urllib.request.Request(event["ResponseURL"], body, {"Content-Type": ""}, method="PUT")  # noqa: S310
    return urllib.request.urlopen(request).status  # noqa: S310  # the URL is CloudFormation's


def migrate():
    """Apply the migrations that were not applied before; return their names."""
    cursor = connection().cursor()
    cursor.execute("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY)")
    cursor.execute("SELECT name FROM migrations")
    done = {name for (name,) in cursor.fetchall()}
    new = [file for file in sorted(Path("migrations").glob("*.sql")) if file.stem not in done]
    for file in new:
        cursor.execute(file.read_text())
        cursor.execute("INSERT INTO migrations VALUES (%s)", (file.stem,))
    connection().commit()
    return [file.stem for file in new]
