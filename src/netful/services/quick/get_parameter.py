"""GetParameter's members, and the content of its answer."""

import msgspec


class GetParameter(msgspec.Struct, forbid_unknown_fields=True):
    """A plain request: nothing but these members."""

    name: str = msgspec.field(name="Name")
    with_decryption: bool = msgspec.field(name="WithDecryption", default=False)


decoder = msgspec.json.Decoder(GetParameter)


def content(
    name: str, value: str, *, type_: str, version: int, modified: float, arn: str, data_type: str, source: str = ""
) -> dict[str, object]:
    """Return the answer's content; `modified` is in seconds since 1970."""
    described: dict[str, object] = {"Name": name, "Type": type_, "Value": value, "Version": version}
    if source:
        described["SourceResult"] = source
    described["LastModifiedDate"] = modified
    described["ARN"] = arn
    described["DataType"] = data_type
    return {"Parameter": described}
