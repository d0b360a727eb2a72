"""Calls of a domain to its user pool, in the back end."""

from collections.abc import Mapping
from typing import Any

from netful.model.json_texts import json_object
from netful.model.names import service_names
from netful.model.names.generated import user_pool
from netful.services.http.backend_requests import CallHost, json_request


class RefusedError(Exception):
    """An answer of Cognito that is an error; `kind` is its name."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class UserPoolCalls:
    """The operations of Cognito in one region."""

    def __init__(self, call_host: CallHost, region: str) -> None:
        self._call_host = call_host
        self._host = service_names.service(user_pool.SERVICE).host(region)

    async def pool_of(self, domain: str) -> str:
        """Return the id of the user pool with a domain; "" if no pool has it."""
        found = await self.call("DescribeUserPoolDomain", {"Domain": domain})
        return str(found.get("DomainDescription", {}).get("UserPoolId", ""))

    async def client(self, pool: str, client_id: str) -> Mapping[str, Any] | None:
        """Return the settings of a client; None if the pool does not have it."""
        try:
            found = await self.call("DescribeUserPoolClient", {"UserPoolId": pool, "ClientId": client_id})
        except RefusedError:
            return None
        client: Mapping[str, Any] = found["UserPoolClient"]
        return client

    async def call(self, operation: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer of an operation; raises RefusedError."""
        answer = await self._call_host(self._host, json_request(f"{user_pool.TARGET}.{operation}", content))
        found = json_object(answer.body)
        if answer.status != 200:
            raise RefusedError(str(found.get("__type", "")).rpartition("#")[2], str(found.get("message", "")))
        return found
