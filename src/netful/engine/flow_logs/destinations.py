"""Destinations of flow logs: streams of log groups, keys of objects in buckets, and the logs that have none."""

from datetime import datetime

from netful.engine.flow_logs.log_format import format_of
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.flow_logs import FlowLog, LogDestinationType

_BUCKETS, _GROUP = ":s3:::", ":log-group:"


def undelivered(log: FlowLog) -> str | None:
    """Return why netful does not deliver a log; None if it does."""
    values = (log.resource_type, log.resource_id, log.traffic_type, log.log_destination_type, log.log_format)
    missing = next((value for value in values if isinstance(value, Unknown)), None)
    if missing is not None:
        return str(missing)
    wrong = format_of(log).unknown
    if wrong:
        return f"these fields do not exist: {', '.join(wrong)}"
    if log.log_destination_type is LogDestinationType.FIREHOSE:
        return "netful does not deliver flow logs to Firehose"
    if (log.destination_options or {}).get("FileFormat") == "parquet":
        return "netful does not write Parquet"
    place = log_group(log) if log.log_destination_type is LogDestinationType.CLOUD_WATCH_LOGS else bucket(log)[0]
    return None if place else "its destination is not known"


def log_group(log: FlowLog) -> str:
    """Return the name of a log's group; "" if it is not known."""
    if isinstance(log.log_group_name, str):
        return log.log_group_name
    arn = log.log_destination if isinstance(log.log_destination, str) else ""
    return arn.partition(_GROUP)[2].removesuffix(":*")


def log_stream(log: FlowLog, place_id: str) -> str:
    """Return the name of the stream with the records of an interface or a gateway."""
    return f"{place_id}-{str(log.traffic_type).lower()}"


def bucket(log: FlowLog) -> tuple[str, str]:
    """Return a log's bucket, "" if it is not known, and the folder in it."""
    arn = log.log_destination if isinstance(log.log_destination, str) else ""
    name, _, folder = arn.partition(_BUCKETS)[2].partition("/")
    return name, folder.strip("/")


def object_key(cloud: Cloud, log: FlowLog, at: datetime, unique: str) -> str:
    """Return the key of an object that is written at a time (UTC), in AWS's layout."""
    options = log.destination_options or {}
    account, region, id_ = cloud.account_id, cloud.region, cloud.aws_id(log.id)
    if options.get("HiveCompatiblePartitions") == "true":
        place = f"aws-account-id={account}/aws-service=vpcflowlogs/aws-region={region}"
        day = f"{at:year=%Y/month=%m/day=%d}"
        hour = f"{at:/hour=%H}"
    else:
        place, day = f"{account}/vpcflowlogs/{region}", f"{at:%Y/%m/%d}"
        hour = f"{at:/%H}"
    folder = f"{place}/{day}{hour if options.get('PerHourPartition') == 'true' else ''}"
    file = f"{account}_vpcflowlogs_{region}_{id_}_{at:%Y%m%dT%H%MZ}_{unique}.log.gz"
    own = bucket(log)[1]
    return "/".join((*([own] if own else []), "AWSLogs", folder, file))
