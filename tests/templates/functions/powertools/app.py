"""Powertools: a logger with the invocation's context, a tracer, parameters and secrets with their cache."""

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities import parameters

logger = Logger()
tracer = Tracer()
metrics = Metrics(namespace="orders")


@tracer.capture_method
def price(order):
    tracer.put_annotation("order", order)
    return len(order)


@metrics.log_metrics
@tracer.capture_lambda_handler
@logger.inject_lambda_context(log_event=True)
def handler(event, context):
    prefix = parameters.get_parameter("/orders/prefix", max_age=60)
    secret = parameters.get_secret("orders/key", transform="json")
    logger.info("priced", order=event["order"])
    metrics.add_metric(name="orders", unit=MetricUnit.Count, value=1)
    return {"prefix": prefix, "secret": secret["key"], "price": price(event["order"])}
