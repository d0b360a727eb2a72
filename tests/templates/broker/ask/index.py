"""A function that leaves a message in a durable queue, and answers how many are there."""

import os
import ssl

import pika


def handler(event, _context):
    parameters = pika.URLParameters(os.environ["BROKER"])
    parameters.credentials = pika.PlainCredentials("orders", event["password"])
    parameters.ssl_options = pika.SSLOptions(ssl.create_default_context(), parameters.host)
    try:
        connection = pika.BlockingConnection(parameters)
    except pika.exceptions.AMQPConnectionError as refused:
        return str(refused)
    channel = connection.channel()
    channel.queue_declare("orders", durable=True)
    channel.confirm_delivery()
    channel.basic_publish("", "orders", b"one", pika.BasicProperties(delivery_mode=2))
    return channel.queue_declare("orders", passive=True).method.message_count
