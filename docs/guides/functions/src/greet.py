"""Greets, with a word of the layer's; how often, it keeps from one invocation to the next."""

import os

import words

greeted = 0


def handler(event, context):
    global greeted
    greeted += 1
    return {"said": f"{os.environ['GREETING']} {event.get('name') or words.SOMEBODY}", "times": greeted}
