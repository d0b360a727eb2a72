"""RDS Data API of a stack."""

from netful.account.creation_times import CreationTimes
from netful.account.managed.view import View
from netful.account.rds_data.api import RdsDataApi
from netful.services.deploy.dynamic_references import value_at
from netful.services.http.backend_requests import CallHost
from netful.stack.databases.server_sessions import ServerSessions


def data_api(servers: ServerSessions, call_host: CallHost) -> RdsDataApi:
    """Return the API of a stack."""
    times, running = CreationTimes(), servers.running

    async def read_secret(arn: str) -> str | None:
        return await value_at("secretsmanager", arn, running.cloud.region, call_host)

    return RdsDataApi(lambda: View.of(running.cloud, times), servers.dial, read_secret)
