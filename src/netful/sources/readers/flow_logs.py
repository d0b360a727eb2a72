"""VPC flow logs (spec: newer-aws §13.1)."""

from enum import StrEnum
from typing import TypeVar

from netful.model.core import Maybe, Unknown
from netful.model.network.flow_logs import FlowLog, FlowLogResourceType, LogDestinationType, TrafficType
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader, not_a_value

Word = TypeVar("Word", bound=StrEnum)

_INTERVAL, _GATEWAY_INTERVAL = 600, 60
_OPTIONS = ("FileFormat", "HiveCompatiblePartitions", "PerHourPartition")
_OF_GATEWAYS = (FlowLogResourceType.TRANSIT_GATEWAY, FlowLogResourceType.TRANSIT_GATEWAY_ATTACHMENT)


def flow_logs(inventory: Inventory) -> dict[str, FlowLog]:
    """Return the flow logs."""
    return {reader.id: _flow_log(reader) for reader in inventory.of("AWS::EC2::FlowLog")}


def _flow_log(reader: Reader) -> FlowLog:
    kind = _word(reader, "ResourceType", FlowLogResourceType, Unknown("it is left out", ("`ResourceType`",)))
    options = reader.part("DestinationOptions")
    return FlowLog(
        reader.id,
        kind,
        reader.text("ResourceId") or Unknown("it is left out", (f"`ResourceId` of {reader.id}",)),
        _word(reader, "TrafficType", TrafficType, TrafficType.ALL),
        _word(reader, "LogDestinationType", LogDestinationType, LogDestinationType.CLOUD_WATCH_LOGS),
        reader.literal("LogDestination"),
        reader.literal("LogGroupName"),
        reader.literal("LogFormat"),
        reader.count("MaxAggregationInterval", _GATEWAY_INTERVAL if kind in _OF_GATEWAYS else _INTERVAL),
        {name: str(options.get(name)).lower() for name in _OPTIONS if options.has(name)},
        origin=reader.origin,
    )


def _word(reader: Reader, name: str, words: type[Word], default: Maybe[Word]) -> Maybe[Word]:
    value = reader.literal(name)
    if value is None:
        return default
    if isinstance(value, Unknown):
        return value
    return words(value) if value in [*words] else not_a_value(reader, name, value)


READERS = (PartReader("flow_logs", flow_logs),)
