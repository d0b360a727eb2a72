"""Writes of key pairs. Nothing logs in by one: a host runs commands by `netful exec`."""

import hashlib
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from netful.account.changes import Remove, new
from netful.account.ec2.instance_reads import KEY_PAIR
from netful.account.ec2.world import Change, World, new_id, tags_of
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError
from netful.model.core import Resource
from netful.model.identity import ec2_id

_EXPONENT, _BITS = 65537, 2048


def create_key_pair(world: World, asked: Parameters) -> Change:
    """CreateKeyPair: the answer has the private key."""
    kind = str(asked.get("KeyType") or "rsa")
    key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey = (
        ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else rsa.generate_private_key(_EXPONENT, _BITS)
    )
    material = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    return _made(world, asked, material, {"KeyType": kind}, {"KeyMaterial": material.decode()})


def import_key_pair(world: World, asked: Parameters) -> Change:
    """ImportKeyPair."""
    material = bytes(asked.get("PublicKeyMaterial") or b"")
    kind = "ed25519" if material.startswith(b"ssh-ed25519") else "rsa"
    return _made(world, asked, material, {"KeyType": kind, "PublicKeyMaterial": material.decode(errors="replace")}, {})


def _made(world: World, asked: Parameters, material: bytes, own: Mapping[str, Any], more: Mapping[str, Any]) -> Change:
    name = str(asked.get("KeyName") or "")
    if _found(world, {"KeyName": name}) is not None:
        raise ApiError("InvalidKeyPair.Duplicate", f"The keypair '{name}' already exists.")
    tags = tags_of(asked, "key-pair")
    edit = new(KEY_PAIR, new_id("key"), {"KeyName": name, **own, **({"Tags": tags} if tags else {})})
    digest = hashlib.sha1(material, usedforsecurity=False).hexdigest()
    answer = {
        "KeyName": name, "KeyPairId": _id(world, name), "Tags": tags,
        "KeyFingerprint": ":".join(digest[at : at + 2] for at in range(0, len(digest), 2)), **more,
    }  # fmt: skip
    return Change((edit,), lambda _world: answer)


def _id(world: World, name: str) -> str:
    return ec2_id("key", world.cloud.account_id, world.cloud.region, name)


def delete_key_pair(world: World, asked: Parameters) -> Change:
    """DeleteKeyPair: one that does not exist is not an error."""
    resource = _found(world, asked)
    return Change((Remove(resource.id),) if resource is not None else ())


def _found(world: World, asked: Parameters) -> Resource | None:
    for one in world.of_type(KEY_PAIR):
        name = str(one.properties.get("KeyName"))
        if name == asked.get("KeyName") or (asked.get("KeyPairId") and _id(world, name) == asked["KeyPairId"]):
            return one
    return None


WRITES = {"CreateKeyPair": create_key_pair, "ImportKeyPair": import_key_pair, "DeleteKeyPair": delete_key_pair}
