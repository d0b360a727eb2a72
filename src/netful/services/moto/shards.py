"""Shards of Kinesis where moto's differ from AWS's.

| | moto | AWS, and here |
|---|---|---|
| sequence number | counts from 1 in each shard | 56 digits, so that texts compare as numbers do; larger in later shards |
| shard of a new record | the first with its hash key, also a closed one | an open one |
| records of a shard that is split or merged | move to its children, with other numbers | stay |
| end of a closed shard | has a next iterator | has none |
"""

from collections import OrderedDict
from contextlib import contextmanager
from hashlib import md5
from typing import Any

from netful.services.moto.replacements import replacing

_FIRST, _OF_SHARD, _OF_RECORD = 49 * 10**54, 10**30, 2**24


def number_records(models: Any) -> None:
    """Number the records of shards."""

    def put_record(own: Any, partition_key: str, data: str, explicit_hash_key: str) -> str:
        number = next(reversed(own.records), own.get_min_sequence_number()) + _OF_RECORD
        own.records[number] = models.Record(partition_key, data, number, explicit_hash_key)
        return str(number)

    def get_min_sequence_number(own: Any) -> int:
        return _FIRST + int(own._shard_id) * _OF_SHARD  # noqa: SLF001  # there is no public way

    models.Shard.put_record = put_record
    models.Shard.get_min_sequence_number = get_min_sequence_number


def close_shards(models: Any) -> None:
    """Put records into open shards alone, and leave those of the others where they are."""

    @replacing(models.Stream)
    def get_shard_for_key(find: Any, own: Any, partition_key: str, explicit_hash_key: str) -> Any:
        find(own, partition_key, explicit_hash_key)  # it refuses keys
        digest = md5(partition_key.encode(), usedforsecurity=False).hexdigest()
        key = int(explicit_hash_key) if explicit_hash_key else int(digest, 16)
        shards = own.shards.values()
        return next(one for one in shards if one.is_open and one.starting_hash <= key <= one.ending_hash)

    @replacing(models.Stream)
    def split_shard(split: Any, own: Any, shard_to_split: str, new_starting_hash_key: str) -> None:
        with _untouched(own, shard_to_split):
            split(own, shard_to_split, new_starting_hash_key)

    @replacing(models.Stream)
    def merge_shards(merge: Any, own: Any, shard_to_merge: str, adjacent_shard_to_merge: str) -> None:
        with _untouched(own, shard_to_merge, adjacent_shard_to_merge):
            merge(own, shard_to_merge, adjacent_shard_to_merge)

    @replacing(models.KinesisBackend)
    def get_records(read: Any, own: Any, stream_arn: str | None, shard_iterator: str, limit: int | None) -> Any:
        after, records, behind = read(own, stream_arn, shard_iterator, limit)
        name, shard_id, last = models.decompose_shard_iterator(after)
        shard = own.describe_stream(stream_arn=stream_arn, stream_name=name).get_shard(shard_id)
        is_at_end = not shard.is_open and int(last) >= shard.get_max_sequence_number()
        return None if is_at_end else after, records, behind


@contextmanager
def _untouched(stream: Any, *ids: str) -> Any:
    """Hide the records of shards from what closes them."""
    shards = [stream.shards[one] for one in ids if one in stream.shards]
    kept = [one.records for one in shards]
    for one in shards:
        one.records = OrderedDict()
    try:
        yield
    finally:
        for one, records in zip(shards, kept, strict=True):
            one.records = records
