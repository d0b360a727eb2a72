"""Corrections of moto's iterators in streams.

moto keeps the iterators of DynamoDB streams for ever, and each read makes one: here their number is limited. moto fails on
an invalid iterator of a Kinesis stream with an internal error: here it is the caller's error.
"""

from typing import Any

from netful.services.moto.replacements import replacing

_KEPT = 10_000


class _Newest(dict[str, Any]):
    """A dictionary that keeps only the newest entries."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        if len(self) > _KEPT:
            del self[next(iter(self))]


def bound_iterators(models: Any) -> None:
    """Limit the iterators of DynamoDB streams."""

    @replacing(models.DynamoDBStreamsBackend, "__init__")
    def begun(begin: Any, backend: Any, region_name: str, account_id: str) -> None:
        begin(backend, region_name, account_id)
        backend.shard_iterators = _Newest()


def check_iterators(models: Any) -> None:
    """Refuse invalid iterators of Kinesis streams."""
    from moto.kinesis.exceptions import InvalidArgumentError  # noqa: PLC0415  # services are imported when they are first called

    @replacing(models)
    def decompose_shard_iterator(decompose: Any, iterator: str) -> list[str]:
        try:
            stream, shard, sequence = decompose(iterator)
            int(sequence)
        except ValueError as error:  # also for a text that is not base64, or that does not decode to text
            raise InvalidArgumentError("Invalid ShardIterator.") from error
        return [stream, shard, sequence]
