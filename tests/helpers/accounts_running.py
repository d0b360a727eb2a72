"""A running account, as a user starts one: by the command line, with clients of its services."""

import boto3

from tests.helpers.stacks import Stack


class Account(Stack):
    """A running account."""

    def start(self, *more):
        self.netful("up", "--empty", "-d", "--stack", "s", *more, check=0)
        exports = self.netful("env", "--stack", "s", check=0).stdout.replace("export ", "").split()
        self.exports = dict(line.split("=", 1) for line in exports)
        return self

    def client(self, service):
        return boto3.client(
            service,
            region_name=self.exports["AWS_REGION"],
            endpoint_url=self.exports["AWS_ENDPOINT_URL"],
            aws_access_key_id=self.exports["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.exports["AWS_SECRET_ACCESS_KEY"],
        )
