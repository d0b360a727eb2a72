"""Services that were deleted: ECS describes them as INACTIVE for a while longer, and clients wait for that state."""

from collections.abc import Mapping
from typing import Any

from netful.account.query_api import Operation, Parameters

_REMEMBERED = 1000


class InactiveServices:
    """The records of services that calls have deleted since the account started, the last ones."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str], Mapping[str, Any]] = {}

    def remembering(self, delete: Operation) -> Operation:
        """Return DeleteService that remembers what it deletes."""

        async def operation(asked: Parameters) -> Mapping[str, Any]:
            answer = await delete(asked)
            record = answer["service"]
            self._records[str(record["clusterArn"]), str(record["serviceName"])] = record
            self._records = dict([*self._records.items()][-_REMEMBERED:])
            return answer

        return operation

    def describing(self, describe: Operation, cluster_arn: Operation) -> Operation:
        """Return DescribeServices that knows deleted services too; `cluster_arn` describes the cluster of a request."""

        async def operation(asked: Parameters) -> Mapping[str, Any]:
            answer = await describe(asked)
            (cluster,) = (await cluster_arn({"clusters": [asked["cluster"]]} if asked.get("cluster") else {}))[
                "clusters"
            ]
            names = {str(one["arn"]): str(one["arn"]).rpartition("/")[2] for one in answer["failures"]}
            gone = {arn: self._records.get((str(cluster["clusterArn"]), name)) for arn, name in names.items()}
            return {
                "services": [*answer["services"], *(one for one in gone.values() if one is not None)],
                "failures": [one for one in answer["failures"] if gone[str(one["arn"])] is None],
            }

        return operation
