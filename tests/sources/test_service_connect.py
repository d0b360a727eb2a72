"""Service Connect of ECS: names that netful does not resolve are said."""

SERVICE = """
    Resources:
      Tasks:
        Type: AWS::ECS::Service
        Properties:
          ServiceConnectConfiguration: {{Enabled: {on}, Namespace: mesh}}
"""


def test_names_of_service_connect_are_a_warning(cloud_of):
    (warning,) = [one for one in cloud_of(SERVICE.format(on="true")).template.warnings if "Service Connect" in one]
    assert "`Tasks`" in warning
    assert not [one for one in cloud_of(SERVICE.format(on="false")).template.warnings if "Service Connect" in one]
