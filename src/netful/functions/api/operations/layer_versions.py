"""Versions of layers that calls publish and delete: each is a resource with its zip file (lambda §5.1, §6.3)."""

import base64
import hashlib
import io
import zipfile

from netful.functions.api.operations.functions import code_of
from netful.functions.api.operations.layers import named, numbered, whole
from netful.functions.api.protocol.call import Call, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.refusals import invalid_parameter, not_implemented
from netful.functions.code.layers import LAYER
from netful.functions.code.package import NO_ZIP
from netful.model.core import BY_CALL, Resource

_REPEATED = ("Description", "CompatibleRuntimes", "CompatibleArchitectures", "LicenseInfo")


async def _publish(call: Call) -> Reply:
    """PublishLayerVersion: functions that name the version have its files."""
    content = await code_of(call.context, call.request["Content"])
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise invalid_parameter(NO_ZIP)
    service, name = call.service, str(call.request["LayerName"]).rpartition(":layer:")[2]
    number = max((one.number for one in named(service.cloud, name)), default=0) + 1
    code = await service.packages.store(content)
    own = {
        "LayerName": name, "Version": number, "Content": code.local_path, "CodeSize": len(content),
        "CodeSha256": base64.b64encode(hashlib.sha256(content).digest()).decode(),
        **{key: call.request[key] for key in _REPEATED if call.request.get(key)},
    }  # fmt: skip
    await service.updates.amend(Resource(f"layer/{name}/{number}", LAYER, own, origin=BY_CALL))
    made = numbered(service.cloud, name, number)
    assert made is not None
    return document(201, whole(service.cloud, made))


async def _delete(call: Call) -> Reply:
    """DeleteLayerVersion: functions that have it keep its files. One that does not exist is no error."""
    one = numbered(call.cloud, call.request["LayerName"], call.request["VersionNumber"])
    if one is not None and one.resource.origin != BY_CALL:
        raise not_implemented("the deletion of a layer of a template: change it, and run `netful up` again")
    if one is not None:
        await call.service.updates.amend(gone=(one.resource.id,))
    return document(204, {})


OPERATIONS: dict[str, Operation] = {"PublishLayerVersion": _publish, "DeleteLayerVersion": _delete}
