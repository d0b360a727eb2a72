"""Packs the orders of a batch."""

import logging

logger = logging.getLogger()
logger.setLevel("INFO")


def handler(event, context):
    orders = [record["body"] for record in event.get("Records", [])]
    logger.info("packed", extra={"orders": orders})
    return {"packed": len(orders)}
