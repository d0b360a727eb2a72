"""Images as they are read: OCI layouts, archives, several images, other machines."""

import json

import pytest

from netful.images import image, store
from netful.images.archive import Archive
from netful.model.core import StackError
from netful.model.functions.images import names_of
from tests.helpers.images import ARCHITECTURE, TestImage, digest, tar

CONFIG = {
    "Entrypoint": ["/usr/bin/python3"], "Cmd": ["app.py"], "Env": ["A=1", "B=x=y"], "WorkingDir": "/app",
    "User": "app", "StopSignal": "SIGINT",
}  # fmt: skip


@pytest.fixture
def made():
    return TestImage([tar({"a": "1"}), tar({"b": "2"})], CONFIG)


def read(path, tag=""):
    with Archive(path) as archive:
        return image.read(archive, tag)


def archived(layout, file):
    """Write a layout as an archive, as `buildah push oci-archive:` does."""
    files = {str(path.relative_to(layout)): path.read_bytes() for path in layout.rglob("*") if path.is_file()}
    file.write_bytes(tar(files))
    return file


@pytest.fixture(params=["layout", "layers that are not packed", "oci archive", "docker archive"])
def written(request, made, tmp_path):
    match request.param:
        case "layout":
            return made.layout(tmp_path / "layout")
        case "layers that are not packed":
            return made.layout(tmp_path / "layout", packed=False)
        case "oci archive":
            return archived(made.layout(tmp_path / "layout"), tmp_path / "oci.tar")
    return made.docker_archive(tmp_path / "docker.tar")


def test_an_image_is_the_same_in_every_form(written, made, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found, folder = store.unpacked(written)
    assert found.digest == digest(made.configuration()).removeprefix("sha256:")
    assert (found.entry_point, found.command) == (("/usr/bin/python3",), ("app.py",))
    assert (found.working_directory, found.user, found.stop_signal) == ("/app", "app", "SIGINT")
    assert found.environment == {"A": "1", "B": "x=y"}
    assert (store.home() / folder / "0/b").read_text() == "2"
    assert (store.home() / folder / "1/a").read_text() == "1"


def test_a_tag_selects_an_image(made, tmp_path):
    for file in (made.docker_archive(tmp_path / "a.tar"), made.layout(tmp_path / "layout")):
        assert read(file, "1") == read(file, "app:1") == read(file)
        with pytest.raises(StackError) as refused:
            read(file, "2")
        assert "app:1" in refused.value.why


def test_an_image_of_another_machine_is_refused(made, tmp_path):
    made.architecture = "s390x"
    with pytest.raises(StackError) as refused:
        read(made.layout(tmp_path / "layout"))
    assert "s390x" in refused.value.why


def test_an_index_of_platforms_has_one_for_this_machine(made, tmp_path):
    layout = made.layout(tmp_path / "layout")
    inner = json.loads((layout / "index.json").read_text())["manifests"][0]
    other = {"digest": digest(b"x"), "platform": {"os": "unknown", "architecture": "unknown"}}
    own = {**inner, "platform": {"os": "linux", "architecture": ARCHITECTURE}}
    nested = json.dumps({"manifests": [other, own]}).encode()
    (layout / "blobs/sha256" / digest(nested).removeprefix("sha256:")).write_bytes(nested)
    (layout / "index.json").write_text(json.dumps({"manifests": [{"digest": digest(nested)}]}))
    assert read(layout).command == ("app.py",)


@pytest.mark.parametrize(
    "content",
    [b"not a tar", tar({"other": "1"}), tar({"index.json": "[" * 100_000}), tar({"manifest.json": "{}"}), tar({"index.json": "3"})],
    ids=["no archive", "no image", "deep JSON", "another JSON", "a number"],
)  # fmt: skip
def test_what_is_no_image_is_refused(tmp_path, content):
    (tmp_path / "x.tar").write_bytes(content)
    with pytest.raises(StackError):
        read(tmp_path / "x.tar")


def test_a_manifest_must_have_its_digest(made, tmp_path):
    layout = made.layout(tmp_path / "layout")
    listed = json.loads((layout / "index.json").read_text())["manifests"][0]["digest"]
    blob = layout / "blobs/sha256" / listed.removeprefix("sha256:")
    blob.write_bytes(blob.read_bytes() + b" ")
    with pytest.raises(StackError) as refused:
        read(layout)
    assert "digest" in refused.value.why


def test_an_image_has_at_most_127_layers(tmp_path):
    assert len(read(TestImage([tar({"a": "1"})] * 127).docker_archive(tmp_path / "most.tar")).layers) == 127
    with pytest.raises(StackError) as refused:
        read(TestImage([tar({"a": "1"})] * 128).docker_archive(tmp_path / "more.tar"))
    assert "127" in refused.value.why


def test_names_of_an_image():
    uri = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/orders:1.2"
    host = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
    assert names_of(uri) == (uri, "team/orders:1.2", f"{host}/team/orders", "team/orders", "1.2")
    assert names_of("orders") == ("orders",)
    assert names_of("localhost:5000/a") == ("localhost:5000/a", "a")
    assert names_of("team/orders@sha256:ab") == ("team/orders@sha256:ab", "team/orders", "sha256:ab")
