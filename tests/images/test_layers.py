"""Layers of images as folders: what they make, what they remove, and what is refused."""

import contextlib
import fcntl
import os
import stat
import tarfile
import time
from dataclasses import replace

import pytest

from netful.images import image, layer, store
from netful.images.archive import Archive
from netful.model.core import StackError
from tests.helpers.images import TestImage, digest, entry, tar

REG, SYM, LNK, DIR, CHR, FIFO = (
    tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE,
)  # fmt: skip


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def victim(tmp_path):
    folder = tmp_path / "victim"
    folder.mkdir()
    (folder / "file").write_text("safe")
    return folder


def unpacked(tmp_path, *members, most=layer.MOST_BYTES):
    """Unpack one layer."""
    written = TestImage([tar(members)]).layout(tmp_path / "layout")
    target = tmp_path / "layer"
    target.mkdir()
    with Archive(written) as archive:
        layer.unpack(archive, image.read(archive).layers[0], target, most)
    return target


def test_files_folders_and_links(tmp_path):
    made = unpacked(
        tmp_path, entry("a", DIR), ("a/file", "text"), entry("a/link", SYM, "/etc/passwd"),
        entry("a/hard", LNK, "a/file"), entry("a/pipe", FIFO), ("deep/er/file", "more"),
    )  # fmt: skip
    assert (made / "a/hard").read_text() == "text"
    assert (made / "a/hard").stat().st_ino == (made / "a/file").stat().st_ino
    assert str((made / "a/link").readlink()) == "/etc/passwd"
    assert stat.S_ISFIFO((made / "a/pipe").stat().st_mode)
    assert (made / "deep/er/file").read_text() == "more"


def test_paths_through_links_stay_inside(tmp_path):
    made = unpacked(tmp_path, entry("usr/lib", DIR), entry("lib", SYM, "usr/lib"), ("lib/file", "text"))
    assert (made / "usr/lib/file").read_text() == "text"


def test_removed_files_and_replaced_folders(tmp_path):
    made = unpacked(
        tmp_path, ("d/.wh.gone", ""), ("d/.wh..wh..opq", ""), (".wh.again", ""), entry("again", DIR), (".wh.kept", ""),
        ("kept", "is in this layer"), (".wh..wh.plnk", ""),
    )  # fmt: skip
    assert stat.S_ISCHR((made / "d/gone").lstat().st_mode)
    assert (made / "d/gone").lstat().st_rdev == 0
    assert os.getxattr(made / "d", "user.overlay.opaque") == b"y"
    assert os.getxattr(made / "again", "user.overlay.opaque") == b"y"
    assert (made / "kept").read_text() == "is in this layer"
    assert sorted(path.name for path in made.iterdir()) == ["again", "d", "kept"]


def test_devices_are_not_made(tmp_path):
    made = unpacked(tmp_path, entry("sda", CHR, devmajor=8), ("file", ""))
    assert [path.name for path in made.iterdir()] == ["file"]


ATTACKS = {
    "a name with ..": [("../../{v}/file", "bad")],
    "an absolute name": [("/{v}/file", "bad")],
    "a link to a folder": [entry("d", SYM, "/{v}"), ("d/file", "bad")],
    "a relative link out": [entry("d", SYM, "../../../../../../../../{v}"), ("d/file", "bad")],
    "a link to a file": [entry("f", SYM, "/{v}/file"), ("f", "bad")],
    "a hard link": [entry("h", LNK, "/{v}/file"), ("h", "bad")],
    "a hard link through a link": [entry("d", SYM, "/{v}"), entry("h", LNK, "d/file"), ("h", "bad")],
    "a removal through a link": [entry("d", SYM, "/{v}"), ("d/.wh.file", "")],
    "a removal of ..": [("a/.wh...", "")],
    "a replaced folder through a link": [entry("d", SYM, "/{v}"), ("d/.wh..wh..opq", "")],
    "a folder over a link": [entry("d", SYM, "/{v}"), entry("d", DIR), ("d/file", "bad")],
    "a link over a folder": [("d/x", "1"), entry("d", SYM, "/{v}"), ("d/file", "bad")],
}


@pytest.mark.parametrize("members", ATTACKS.values(), ids=ATTACKS)
def test_nothing_leads_out_of_a_layer(tmp_path, victim, members):
    placed = [(name.format(v=str(victim)[1:]), _placed(one, victim)) for name, one in members]
    with contextlib.suppress(StackError):  # refused is as good as kept inside
        unpacked(tmp_path, *placed)
    assert (victim / "file").read_text() == "safe"
    assert [path.name for path in victim.iterdir()] == ["file"]
    assert os.listxattr(victim) == []
    assert (victim / "file").stat().st_nlink == 1


def _placed(one, victim):
    if isinstance(one, tarfile.TarInfo):
        one = tarfile.TarInfo.frombuf(one.tobuf(), "utf-8", "strict")
        one.name, one.linkname = (text.format(v=str(victim)[1:]) for text in (one.name, one.linkname))
    return one


def test_a_layer_has_a_limit(tmp_path):
    with pytest.raises(StackError, match="image"):
        unpacked(tmp_path, ("zeros", bytes(5 << 20)), most=1 << 20)


def test_a_header_that_would_fill_the_memory_is_refused(tmp_path):
    bomb = entry("x", tarfile.XHDTYPE, size=9 << 20)
    with pytest.raises(StackError) as refused:
        unpacked(tmp_path, bomb)
    assert "header is too long" in refused.value.why


def test_a_sparse_file_is_refused(tmp_path):
    map_ = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "x",
        "GNU.sparse.realsize": str(1 << 40),
    }
    with pytest.raises(StackError) as refused:
        unpacked(tmp_path, entry("x", REG, size=512, pax_headers=map_))
    assert "sparse" in refused.value.why


def test_a_layer_must_have_its_digest(tmp_path):
    written = TestImage([tar({"file": "text"})]).layout(tmp_path / "layout")
    with Archive(written) as archive:
        found = image.read(archive).layers[0]
        (tmp_path / "layer").mkdir()
        with pytest.raises(StackError):
            layer.unpack(archive, replace(found, digest=digest(b"other")), tmp_path / "layer")


def test_a_layer_is_unpacked_once(tmp_path):
    base = tar({"base": "1"})
    first, folder = store.unpacked(TestImage([base]).layout(tmp_path / "one"))
    second, over = store.unpacked(TestImage([base, tar({"more": "2"})]).layout(tmp_path / "two"))
    assert first.digest != second.digest
    assert len([*(store.home() / "layers").iterdir()]) == 2
    assert (store.home() / over / "1").resolve() == (store.home() / folder / "0").resolve()
    assert (store.home() / over / "0/more").read_text() == "2"


def test_nothing_stays_of_an_image_that_is_refused(tmp_path):
    with pytest.raises(StackError):
        store.unpacked(TestImage([tar({"a/../../b": "1"})]).layout(tmp_path / "one"))
    assert [one.name for one in store.home().rglob("[!.]*")] == ["layers"]
    assert not [*(store.home() / "layers").iterdir()]


def old_image(name, *layers):
    """An image that was last used two months ago."""
    folder = store.home() / store.FOLDER / name
    folder.mkdir(parents=True)
    for number, one in enumerate(layers):
        (store.home() / "layers" / one).mkdir(parents=True, exist_ok=True)
        (folder / str(number)).symlink_to(f"../../layers/{one}")
    os.utime(folder, times=(time.time() - 60 * 86_400,) * 2)


def test_images_that_nothing_used_for_a_month_are_deleted(tmp_path):
    old_image("old", "alone", "shared")
    old_image("fresh", "shared")
    os.utime(store.home() / store.FOLDER / "fresh")
    found, folder = store.unpacked(TestImage([tar([("a", "text")])]).layout(tmp_path / "layout"))
    own = {one.digest.removeprefix("sha256:") for one in found.layers}
    assert {one.name for one in (store.home() / "layers").iterdir()} == {"shared", *own}
    assert {f"{store.FOLDER}/{one.name}" for one in (store.home() / store.FOLDER).iterdir()} == {
        f"{store.FOLDER}/fresh",
        folder,
    }


def test_images_stay_while_another_process_uses_some(tmp_path):
    old_image("old", "alone")
    with (store.home() / ".in-use").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        store.unpacked(TestImage([tar([("a", "text")])]).layout(tmp_path / "layout"))
    assert (store.home() / store.FOLDER / "old").is_dir()
