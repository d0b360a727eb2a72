"""Keeps its parameter by Powertools for AWS Lambda."""

import os

from aws_lambda_powertools.utilities import parameters


def handler(event, context):
    return parameters.get_parameter(os.environ["PARAMETER"], max_age=300)
