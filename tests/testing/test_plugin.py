"""The pytest plugin, in runs of pytest of its own."""

import shutil

import pytest

import netful
from netful.testing import expectations, failures, fixtures  # noqa: F401  # imported here, they are not imported in each run
from tests.helpers.places import ROOT

pytest_plugins = ["pytester"]
DEMO = ROOT / "examples" / "ssm-demo"
netful.load(DEMO / "endpoint.yaml").can_reach("ReadParameter", "internet")  # the same


@pytest.fixture
def project(pytester):
    """A project with the demo's template."""
    shutil.copytree(DEMO, pytester.path, dirs_exist_ok=True)
    shutil.copy(DEMO / "endpoint.yaml", pytester.path / "template.yaml")
    (pytester.path / "network.netful").write_text("# only a comment\n\nReadParameter can reach aws:ssm\n")
    return pytester


def run(project, *more):
    without = (
        part for name in ("xdist", "cacheprovider", "schemathesis", "hypothesispytest") for part in ("-p", f"no:{name}")
    )
    return project.runpytest_inprocess(*without, "--override-ini=addopts=", *more)


def test_a_network_fixture_of_the_template_in_the_root_folder(project):
    project.makepyfile("""
        def test_it(network):
            assert network.can_reach("ReadParameter", "aws:ssm")
            assert not network.can_reach("ReadParameter", "internet")
    """)
    run(project, "test_a_network_fixture_of_the_template_in_the_root_folder.py").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "lines",
    [
        ["assert network.can_reach('ReadParameter', 'internet')"],
        ["reach = network.can_reach('ReadParameter', 'internet')", "assert reach"],
        ["answers = check(network)"],
    ],
    ids=["call", "variable", "in a helper"],
)
def test_a_failure_shows_the_trace(project, lines):
    body = "\n    ".join(lines)
    project.makepyfile(
        test_it="def check(network):\n    assert network.can_reach('ReadParameter', 'internet')\n\n"
        f"def test_it(network):\n    {body}\n"
    )
    done = run(project, "test_it.py")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*- netful trace ReadParameter internet -*", "✗ ReadParameter → internet *timeout*"])


def test_a_failure_without_a_question_shows_none(project):
    project.makepyfile(test_it="def test_it(network):\n    assert not network.warnings == ()\n")
    done = run(project, "test_it.py")
    done.assert_outcomes(failed=1)
    done.stdout.no_fnmatch_line("*netful trace*")


def test_an_unknown_answer_fails_whatever_is_asserted(project):
    (project.path / "template.yaml").write_text("""
Parameters: {SubnetId: {Type: String}}
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {VpcConfig: {SubnetIds: [!Ref SubnetId], SecurityGroupIds: [sg-1]}}}
""")
    project.makepyfile(test_it="def test_it(network):\n    assert not network.can_reach('F', 'internet:tcp/443')\n")
    done = run(project, "test_it.py")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*UnknownAnswerError*", "*netful trace F internet:tcp/443*"])


def test_parameters_region_and_template_are_configured(project):
    (project.path / "other.yaml").write_text("""
Parameters: {Block: {Type: String}}
Resources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Block}}}
""")
    project.makeini(
        "[pytest]\nnetful_template = other.yaml\nnetful_parameters = Block=10.3.0.0/16\nnetful_region = eu-west-1\n"
    )
    project.makepyfile(
        test_it="""
        def test_it(network):
            assert network.show("V")["vpcs"][0]["cidr_blocks"] == ["10.3.0.0/16"]
            assert network.cloud.region == "eu-west-1"
    """
    )
    run(project, "test_it.py").assert_outcomes(passed=1)


@pytest.mark.parametrize("option", ["netful_parameters=Block", "netful_scope=test"])
def test_a_wrong_option_is_named(project, option):
    project.makepyfile(test_it="def test_it(network): pass\n")
    done = run(project, "test_it.py", "-o", option)
    assert option.partition("=")[0] in "".join([*done.outlines, *done.errlines])
    assert done.ret == pytest.ExitCode.USAGE_ERROR


@pytest.mark.parametrize(("scope", "times"), [("session", 1), ("module", 2)])
def test_a_network_is_read_once_for_its_scope(project, monkeypatch, scope, times):
    read = []
    monkeypatch.setattr(netful, "load", lambda *paths, **_: read.append(paths))
    project.makepyfile(
        test_a="def test_a(network): pass\ndef test_b(network): pass\n", test_c="def test_c(network): pass\n"
    )
    run(project, "test_a.py", "test_c.py", "-o", f"netful_scope={scope}").assert_outcomes(passed=3)
    assert len(read) == times


def test_a_template_that_cannot_be_read_is_reported_without_a_traceback(project):
    (project.path / "template.yaml").write_text("Resources: [")
    project.makepyfile(test_it="def test_it(network): pass\n")
    done = run(project, "test_it.py")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*template.yaml:2: *"])
    done.stdout.no_fnmatch_line("*During handling*")


def test_a_conftest_makes_fixtures_of_several_networks(project):
    project.makeconftest("""
        from netful.testing import network_fixture
        open_ = network_fixture("endpoint.yaml")
        closed = network_fixture("closed-endpoint.yaml", scope="module")
    """)
    project.makepyfile(
        test_it="""
        def test_it(open_, closed):
            assert open_.can_reach("ReadParameter", "aws:ssm")
            assert not closed.can_reach("ReadParameter", "aws:ssm")
    """
    )
    run(project, "test_it.py").assert_outcomes(passed=1)


def test_a_project_s_own_fixture_wins(project):
    project.makeconftest("import pytest\n@pytest.fixture\ndef stack(): return 'own'\n")
    project.makepyfile(test_it="def test_it(stack): assert stack == 'own'\n")
    run(project, "test_it.py").assert_outcomes(passed=1)


def test_expectations_are_tests(project):
    (project.path / "network.netful").write_text("ReadParameter can reach aws:ssm\nReadParameter can reach internet\n")
    done = run(project, "-v")
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(
        ["*network.netful::ReadParameter can reach aws:ssm PASSED*", "*✗ ReadParameter → internet*"]
    )


def test_expectations_in_a_folder_without_a_template_are_about_the_one_in_the_root_folder(project):
    project.mkdir("tests")
    (project.path / "network.netful").rename(project.path / "tests" / "network.netful")
    run(project, "tests").assert_outcomes(passed=1)


def test_the_pattern_of_expectations_is_configured(project):
    done = run(project, "-o", "netful_expectations=network.*", "network.txt", "network.netful")
    done.assert_outcomes(passed=6)


@pytest.mark.parametrize(
    ("lines", "outcome", "message"),
    [
        ("What is this", {"errors": 1}, "*network.netful:1: `What is this` is not an expectation*"),
        ("Nothing can reach aws:ssm", {"failed": 1}, "*network.netful:1: *Nothing*"),
    ],
)
def test_a_line_that_is_wrong_is_named(project, lines, outcome, message):
    (project.path / "network.netful").write_text(lines)
    done = run(project)
    done.assert_outcomes(**outcome)
    done.stdout.fnmatch_lines([message])


def test_an_unknown_expectation_fails(project):
    (project.path / "template.yaml").write_text("""
Parameters: {SubnetId: {Type: String}}
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {VpcConfig: {SubnetIds: [!Ref SubnetId], SecurityGroupIds: [sg-1]}}}
""")
    (project.path / "network.netful").write_text("F cannot reach internet:tcp/443\n")
    done = run(project)
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*missing: *SubnetId*"])


@pytest.fixture
def refusing(monkeypatch):
    """A machine that permits no packets."""

    class Rights:
        def require(self):
            raise netful.RightsError("no packets here", hint="ask")

    monkeypatch.setattr(fixtures, "find_rights", Rights)


PACKETS = """
import pytest
def test_fixture(stack): pass
@pytest.mark.netful_packets
def test_marked(): pass
"""


@pytest.mark.usefixtures("refusing")
def test_without_rights_packets_are_skipped_with_the_reason(project):
    project.makepyfile(test_it=PACKETS)
    done = run(project, "test_it.py", "-rs", "--strict-markers")
    done.assert_outcomes(skipped=2)
    done.stdout.fnmatch_lines(["SKIPPED*no packets here*"])


@pytest.mark.usefixtures("refusing")
def test_without_rights_packets_fail_if_required(project):
    project.makepyfile(test_it=PACKETS)
    counts = run(project, "test_it.py", "-o", "netful_require_packets=true").parseoutcomes()
    assert counts.get("errors", 0) + counts.get("failed", 0) == 2


@pytest.mark.packets
def test_workers_have_stacks_of_their_own(project, monkeypatch):
    monkeypatch.setenv("NETFUL_STATE", str(project.path / "state"))
    project.makepyfile(
        test_it="""
        import pytest
        @pytest.mark.parametrize("number", range(2))
        def test_it(stack, number, tmp_path_factory):
            assert stack.invoke("ReadParameter").json() == {"value": "hello from Parameter Store"}
            (tmp_path_factory.getbasetemp().parent / f"{number}.txt").write_text(stack.name)
    """
    )
    done = project.runpytest_subprocess("-n", "2", "--basetemp", "given", "test_it.py")
    done.assert_outcomes(passed=2)
    names = [file.read_text() for file in (project.path / "given").glob("*.txt")]
    assert len(set(names)) == 2
    assert not [*(project.path / "state").iterdir()]
