"""The folder from which a template may name files: for a stage of the CDK the assembly around it, but never all of the user's files."""

import pytest

from netful.sources.files.project_folder import folder_of


@pytest.mark.parametrize(
    ("assemblies", "folder"),
    [
        (["a/b", "a/b/c"], "a/b"),
        (["a", "a/b", "a/b/c"], "a"),
        (["a", "a/b/c"], "a/b/c"),
        (["", "a", "a/b", "a/b/c"], "a"),  # the home folder
        ([], "a/b/c"),
    ],
)
def test_the_assembly_around_a_stage(tmp_path, monkeypatch, assemblies, folder):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a/b/c").mkdir(parents=True)
    for one in assemblies:
        (tmp_path / one / "cdk.out").touch()
    assert folder_of(tmp_path / "a/b/c/template.json") == tmp_path / folder
