"""Fails in the way that the event says."""

import os
import time


def handler(event, context):
    match event["how"]:
        case "raise":
            raise ValueError("told to fail")
        case "exit":
            os._exit(3)
        case "sleep":
            time.sleep(60)
        case "memory":
            return len(bytearray(2_000_000_000))
        case "large":
            return "x" * 7_000_000
    return "fine"
