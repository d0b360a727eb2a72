"""Files of an account: what nothing uses any more is deleted, what a request has just written is not."""

import os
import time

from netful.account.cloudformation.records import ChangeSet, Content, StackRecord
from netful.account.kept.kept_files import delete_unused, used_files
from netful.model.cloud import Cloud
from netful.model.functions.function import Code, Function
from netful.sources.account.deployed_stack import DeployedStack

A, B, C, F, OLD, USED, NEW = (digit * 32 for digit in "abcf012")


def test_files_that_nothing_uses_are_deleted(tmp_path):
    names = [
        f"templates/{A}/template.yaml", f"templates/{B}/template.yaml", f"templates/{C}/template.yaml", f"templates/{OLD}/template.yaml",
        f"objects/{USED}/code.zip", f"objects/{OLD}/code.zip", f"objects/{NEW}/code.zip", f"functions/{F}.zip", f"functions/{OLD}.zip",
    ]  # fmt: skip
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"1")
        os.utime(tmp_path / name, (1, 1))
        os.utime((tmp_path / name).parent, (1, 1))
    (tmp_path / f"objects/{NEW}/code.zip").write_bytes(b"2")
    (tmp_path / "account.json").write_text("{}")

    record = StackRecord("app", "arn:app", Content("", tmp_path / f"templates/{B}/template.yaml"))
    content = Content("", tmp_path / f"templates/{C}/template.yaml")
    record.change_sets["change"] = ChangeSet("change", "arn:change", "UPDATE", content, [], "", "")
    objects = {("bucket", "key"): tmp_path / f"objects/{USED}/code.zip"}
    stack = DeployedStack("app", tmp_path / f"templates/{A}/template.yaml", {}, objects, {})
    cloud = Cloud.of(functions={"F": Function("F", "f", Code(local_path=str(tmp_path / f"functions/{F}.zip")))})
    delete_unused(tmp_path, used_files([record], [stack], cloud), time.time() - 60)

    left = {str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*") if one.is_file()}
    assert left == {one for one in names if OLD not in one} | {"account.json"}


def test_a_folder_of_nothing_stays(tmp_path):
    delete_unused(tmp_path / "missing", (), time.time())
    assert [*tmp_path.iterdir()] == []
