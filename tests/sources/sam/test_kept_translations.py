"""Translations of SAM templates that are kept: the same as those that are made, and read only where they are the user's own."""

import os
import sys

import pytest

from netful import sources
from netful.model.core import SourceError
from netful.sources.sam import kept_translations, translator

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Size: {Type: Number, Default: 128}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      InlineCode: "def handler(event, context): return 1"
      MemorySize: !Ref Size
      Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}
"""


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "netful" / "sam"


@pytest.fixture
def made(monkeypatch):
    """The number of translations that the translator made."""
    calls = []
    original = translator.translate
    monkeypatch.setattr(translator, "translate", lambda *asked: calls.append(1) or original(*asked))
    return calls


@pytest.fixture
def template(tmp_path):
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE)
    return file


def test_an_unchanged_template_is_translated_once(template, cache, made):
    first = sources.load([template])
    second = sources.load([template])
    assert len(made) == 1
    assert second == first
    (file,) = cache.iterdir()
    assert (file.stat().st_mode & 0o777, cache.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("change", ["text", "parameter", "region"])
def test_whatever_the_translation_depends_on_makes_another(template, made, change):
    before = sources.load([template], region="us-east-1")
    if change == "text":
        template.write_text(TEMPLATE.replace("Path: /,", "Path: /other,"))
    given = {"Size": "256"} if change == "parameter" else {}
    after = sources.load([template], region="eu-west-1" if change == "region" else "us-east-1", parameters=given)
    assert len(made) == 2
    assert after != before


@pytest.mark.parametrize("key", [200, "200", True, "true"])
def test_a_kept_translation_is_the_one_that_was_made(key):
    def asked():
        return {"Resources": {"R": {"Type": "AWS::SNS::Topic", "Metadata": {key: [1, 1.5, None, "é"]}}}}

    expected = translator.translate(asked(), {}, "us-east-1")
    for _ in range(2):
        found = kept_translations.translate(asked(), {}, "us-east-1")
        assert repr(found["Resources"]) == repr(expected["Resources"])


@pytest.mark.parametrize("harm", ["damaged", "others", "link", "pipe", "no template"])
def test_a_file_that_is_not_the_users_own_translation_is_not_read(template, cache, made, harm, tmp_path):
    expected = sources.load([template])
    (file,) = cache.iterdir()
    content = file.read_bytes()
    if harm == "damaged":
        file.write_bytes(content[: len(content) // 2])
    elif harm == "no template":
        file.write_text("[]")
    elif harm == "others":
        file.chmod(0o666)
    else:
        file.unlink()
        if harm == "pipe":
            os.mkfifo(file, 0o600)
        else:
            (tmp_path / "elsewhere").write_bytes(content)
            file.symlink_to(tmp_path / "elsewhere")
    assert sources.load([template]) == expected
    assert len(made) == 2


def test_a_folder_that_cannot_be_written_is_not_missed(template, cache):
    cache.parent.mkdir(parents=True)
    cache.write_text("in the way")
    assert sources.load([template]).compute.functions


def test_a_refusal_is_not_kept(template, cache):
    template.write_text(TEMPLATE.replace("Path: /, Method: get", "Method: get"))
    for _ in range(2):
        with pytest.raises(SourceError):
            sources.load([template])
    assert not cache.exists()


def test_the_oldest_give_way(template, cache, monkeypatch):
    monkeypatch.setattr(kept_translations, "_MOST_FILES", 2)
    for size in range(128, 132):
        sources.load([template], parameters={"Size": str(size)})
    assert len([*cache.iterdir()]) == 2


def test_a_kept_translation_needs_no_translator(template, monkeypatch):
    sources.load([template])
    for name in [one for one in sys.modules if one.startswith("samtranslator")]:
        monkeypatch.delitem(sys.modules, name)
    sources.load([template])
    assert not [one for one in sys.modules if one.startswith("samtranslator")]


def test_deployments_that_depend_on_the_time_are_translated_each_time(template, cache, made):
    template.write_text(
        TEMPLATE + "  Api: {Type: AWS::Serverless::Api, Properties: {StageName: prod, AlwaysDeploy: true}}\n"
    )
    sources.load([template])
    sources.load([template])
    assert len(made) == 2
    assert not cache.exists()
