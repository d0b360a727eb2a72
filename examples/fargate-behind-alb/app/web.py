"""A web server that says where it runs, what its secret is, and which role it has."""

import json
import os
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

METADATA = os.environ["ECS_CONTAINER_METADATA_URI_V4"]


def read(url):
    """Return the JSON at a URL."""
    with urllib.request.urlopen(url) as answer:  # noqa: S310  # the task's own endpoint
        return json.load(answer)


class Web(BaseHTTPRequestHandler):
    """Answers every GET."""

    def do_GET(self):
        """Answer with facts about the task."""
        self.send_response(200)
        self.end_headers()
        if self.path == "/health":
            return
        task = read(f"{METADATA}/task")
        keys = read("http://169.254.170.2" + os.environ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"])
        facts = {
            "address": task["Containers"][0]["Networks"][0]["IPv4Addresses"][0],
            "secret": os.environ["GREETING"],
            "role": keys["RoleArn"].rpartition("/")[2],
            "beside": [one["Name"] for one in task["Containers"]],
        }
        self.wfile.write(json.dumps(facts).encode() + b"\n")

    def log_message(self, text, *values):
        """Log requests but those of health checks."""
        if self.path != "/health":
            print(text % values, flush=True)  # noqa: T201  # the log of the container


print("serving on port 80", flush=True)  # noqa: T201  # same
ThreadingHTTPServer(("", 80), Web).serve_forever()
