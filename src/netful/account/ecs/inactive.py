"""Services that were deleted and tasks that were stopped: ECS describes them for a while longer, and clients wait for that state."""

from netful.account.ecs.records import is_listed
from netful.account.ended import Ended
from netful.account.operations.query_api import Operation, Parameters
from netful.account.reading import Record

Inactive = Ended[tuple[str, str]]
"""The records of deleted services, by the ARN of the cluster and the name."""

Stopped = Ended[str]
"""The records of stopped tasks, by the last part of their ARN."""


async def stop_task(stopped: Stopped, stop: Operation, asked: Parameters) -> Record:
    """Answer StopTask, and remember what it stops."""
    answer = await stop(asked)
    record = {**answer["task"], "lastStatus": "STOPPED"}
    stopped.remember({str(record["taskArn"]).rpartition("/")[2]: record})
    return answer


async def describe_tasks(stopped: Stopped, describe: Operation, asked: Parameters) -> Record:
    """Answer DescribeTasks, with stopped tasks too."""
    answer = await describe(asked)
    gone = [(one, stopped.get(str(one["arn"]))) for one in answer["failures"]]
    return {
        "tasks": [*answer["tasks"], *(record for _, record in gone if record is not None)],
        "failures": [one for one, record in gone if record is None],
    }


async def list_tasks(stopped: Stopped, list_: Operation, describe_clusters: Operation, asked: Parameters) -> Record:
    """Answer ListTasks, with stopped tasks too."""
    answer = await list_(asked)
    cluster = await _cluster(asked, describe_clusters)
    gone = [one for one in stopped if one["clusterArn"] == cluster["clusterArn"] and is_listed(one, asked)]
    return {"taskArns": [*answer["taskArns"], *(one["taskArn"] for one in gone)]}


async def delete_service(inactive: Inactive, delete: Operation, asked: Parameters) -> Record:
    """Answer DeleteService, and remember what it deletes."""
    answer = await delete(asked)
    record = answer["service"]
    inactive.remember({(str(record["clusterArn"]), str(record["serviceName"])): record})
    return answer


async def describe_services(
    inactive: Inactive, describe: Operation, describe_clusters: Operation, asked: Parameters
) -> Record:
    """Answer DescribeServices, with deleted services too."""
    answer = await describe(asked)
    cluster = await _cluster(asked, describe_clusters)
    names = {str(one["arn"]): str(one["arn"]).rpartition("/")[2] for one in answer["failures"]}
    gone = {arn: inactive.get((str(cluster["clusterArn"]), name)) for arn, name in names.items()}
    return {
        "services": [*answer["services"], *(one for one in gone.values() if one is not None)],
        "failures": [one for one in answer["failures"] if gone[str(one["arn"])] is None],
    }


async def _cluster(asked: Parameters, describe_clusters: Operation) -> Record:
    """Return the cluster of a request."""
    named = {"clusters": [asked["cluster"]]} if asked.get("cluster") else {}
    (cluster,) = (await describe_clusters(named))["clusters"]
    found: Record = cluster
    return found
