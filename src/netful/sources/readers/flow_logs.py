"""VPC flow logs (spec: newer-aws §13.1)."""

from netful.model.core import Unknown
from netful.model.network.flow_logs import FlowLog, FlowLogResourceType, LogDestinationType, TrafficType
from netful.sources.parts import of_each
from netful.sources.template.reading import Reader, word

_INTERVAL, _GATEWAY_INTERVAL = 600, 60
_OPTIONS = ("FileFormat", "HiveCompatiblePartitions", "PerHourPartition")
_OF_GATEWAYS = (FlowLogResourceType.TRANSIT_GATEWAY, FlowLogResourceType.TRANSIT_GATEWAY_ATTACHMENT)


def _flow_log(reader: Reader) -> FlowLog:
    kind = word(reader, "ResourceType", FlowLogResourceType, Unknown("it is left out", ("`ResourceType`",)))
    options = reader.part("DestinationOptions")
    return FlowLog(
        reader.id,
        kind,
        reader.text("ResourceId") or Unknown("it is left out", (f"`ResourceId` of {reader.id}",)),
        word(reader, "TrafficType", TrafficType, TrafficType.ALL),
        word(reader, "LogDestinationType", LogDestinationType, LogDestinationType.CLOUD_WATCH_LOGS),
        reader.literal("LogDestination"),
        reader.literal("LogGroupName"),
        reader.literal("LogFormat"),
        reader.count("MaxAggregationInterval", _GATEWAY_INTERVAL if kind in _OF_GATEWAYS else _INTERVAL),
        {name: str(options.get(name)).lower() for name in _OPTIONS if options.has(name)},
        origin=reader.origin,
    )


READERS = (of_each("flow_logs", _flow_log, "AWS::EC2::FlowLog"),)
