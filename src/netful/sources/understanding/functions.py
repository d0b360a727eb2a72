"""Functions with the roles and parameters that they use."""

from netful.sources.understanding.declaration import Declaration

_POLICY = Declaration("PolicyDocument Roles", "PolicyName Groups Users", part_of="Roles")


def _on_instances(names: str) -> str:
    config = "CapacityProviderConfig.LambdaManagedInstancesCapacityProviderConfig"
    return "".join(f" {config}.{name}" for name in names.split())


DECLARED = {
    "AWS::Lambda::Function": Declaration(
        "FunctionName Code Handler Runtime Timeout MemorySize Environment.Variables VpcConfig.SubnetIds"
        " VpcConfig.SecurityGroupIds VpcConfig.Ipv6AllowedForDualStack Role Layers Architectures PackageType"
        " ReservedConcurrentExecutions EphemeralStorage.Size TracingConfig.Mode LoggingConfig DurableConfig"
        " CapacityProviderConfig.LambdaManagedInstancesCapacityProviderConfig.CapacityProviderArn"
        " FileSystemConfigs.Arn FileSystemConfigs.LocalMountPath ImageConfig.EntryPoint ImageConfig.Command ImageConfig.WorkingDirectory",
        "CodeSigningConfigArn DeadLetterConfig FileSystemConfigs.S3FilesConfig FunctionScalingConfig KmsKeyArn"
        " PublishToLatestPublished RecursiveLoop RuntimeManagementConfig SnapStart"
        + _on_instances("ExecutionEnvironmentMemoryGiBPerVCpu PerExecutionEnvironmentMaxConcurrency"),
        values={"TenancyConfig.TenantIsolationMode": ("PER_TENANT",)},
    ),
    "AWS::Lambda::CapacityProvider": Declaration(
        "VpcConfig.SubnetIds VpcConfig.SecurityGroupIds",
        "CapacityProviderName CapacityProviderScalingConfig InstanceRequirements KmsKeyArn PermissionsConfig PropagateTags"
        " TelemetryConfig",
    ),
    "AWS::IAM::Role": Declaration(
        "RoleName Path ManagedPolicyArns Policies.PolicyDocument AssumeRolePolicyDocument PermissionsBoundary",
        "MaxSessionDuration Policies.PolicyName",
    ),
    "AWS::IAM::Policy": _POLICY,
    "AWS::IAM::ManagedPolicy": Declaration(
        "ManagedPolicyName PolicyDocument Roles", "Path Groups Users", part_of="Roles"
    ),
    "AWS::IAM::RolePolicy": Declaration("RoleName PolicyDocument", "PolicyName", part_of="RoleName"),
    "AWS::SSM::Parameter": Declaration("Name Value Type", "AllowedPattern DataType Policies Tier"),
}
