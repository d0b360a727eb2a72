"""Pages of lists that moto cuts without a token for the rest: the streams of Kinesis, the buckets of S3."""

from typing import Any

from netful.services.moto.replacements import replacing

_STREAMS, _BUCKETS = 100, 10_000
"""The numbers on a page, if a request has none."""


def page_streams(responses: Any) -> None:
    """List the streams of Kinesis in pages, in the order of their names."""

    def list_streams(answer: Any) -> Any:
        after = answer._get_param("NextToken") or answer._get_param("ExclusiveStartStreamName") or ""  # noqa: SLF001  # moto's own way
        most = answer._get_param("Limit", _STREAMS)  # noqa: SLF001
        found = sorted(answer.kinesis_backend.list_streams(), key=lambda one: one.stream_name)
        rest = [one.to_json_summary()["StreamDescriptionSummary"] for one in found if one.stream_name > after]
        names = [one["StreamName"] for one in rest[:most]]
        more = len(rest) > most
        page = {"HasMoreStreams": more, "StreamNames": names, "StreamSummaries": rest[:most]}
        return responses.ActionResult({**page, "NextToken": names[-1]} if more else page)

    responses.KinesisResponse.list_streams = list_streams


def page_buckets(responses: Any) -> None:
    """List the buckets of S3 in pages, in the order of their names."""

    @replacing(responses.S3Response)
    def all_buckets(listed: Any, answer: Any) -> Any:
        after = answer._get_param("continuation-token") or ""  # noqa: SLF001  # moto's own way
        (most,) = answer.querystring.pop("max-buckets", [_BUCKETS])

        @replacing(answer)
        def serialized(write: Any, found: Any) -> Any:
            rest = sorted((one for one in found.result["Buckets"] if one["Name"] > after), key=lambda one: one["Name"])
            found.result["Buckets"] = buckets = rest[: int(most)]
            if len(rest) > len(buckets):
                found.result["ContinuationToken"] = buckets[-1]["Name"]
            return write(found)

        return listed(answer)


def page_targets(utils: Any) -> None:
    """Tell the targets of a rule apart by their ids: several may have one ARN, and a page of these would follow itself."""
    utils.PAGINATION_MODEL["list_targets_by_rule"]["unique_attribute"] = "Id"
