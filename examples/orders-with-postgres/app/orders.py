"""GET and POST /orders."""

import json

from database import connection


def handler(event, context):
    cursor = connection().cursor()
    if event["httpMethod"] == "POST":
        cursor.execute("INSERT INTO orders (item) VALUES (%s) RETURNING id", (json.loads(event["body"])["item"],))
        connection().commit()
        return answer(201, {"id": cursor.fetchone()[0]})
    cursor.execute("SELECT id, item, status FROM orders ORDER BY id")
    rows = cursor.fetchall()
    connection().commit()
    return answer(200, [{"id": id_, "item": item, "status": status} for id_, item, status in rows])


def answer(status, body):
    return {"statusCode": status, "body": json.dumps(body) + "\n"}
