def test_the_function_reads_its_parameter(network):
    assert network.can_reach("ReadParameter", "aws:ssm")


def test_the_function_has_no_way_out(network):
    assert not network.can_reach("ReadParameter", "internet:tcp/443")


def test_nothing_is_dangerous(network):
    assert [finding for finding in network.check() if finding.severity in {"high", "critical"}] == []
