"""Keeps its parameter by ssm-cache."""

import os

from ssm_cache import SSMParameter

parameter = SSMParameter(os.environ["PARAMETER"], max_age=300)


def handler(event, context):
    return parameter.value
