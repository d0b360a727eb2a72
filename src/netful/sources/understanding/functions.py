"""Functions with the roles and parameters that they use."""

from netful.sources.understanding.declaration import Declaration, within

_ON_INSTANCES = "CapacityProviderConfig.LambdaManagedInstancesCapacityProviderConfig"
_POLICY = Declaration("PolicyDocument Roles", "PolicyName Groups Users", part_of="Roles")


DECLARED = {
    "AWS::Lambda::Function": Declaration(
        "FunctionName Code Handler Runtime Timeout MemorySize Environment.Variables VpcConfig.SubnetIds"
        " VpcConfig.SecurityGroupIds VpcConfig.Ipv6AllowedForDualStack Role Layers Architectures PackageType"
        " ReservedConcurrentExecutions EphemeralStorage.Size TracingConfig.Mode LoggingConfig DurableConfig"
        f" {_ON_INSTANCES}.CapacityProviderArn"
        " FileSystemConfigs.Arn FileSystemConfigs.LocalMountPath ImageConfig.EntryPoint ImageConfig.Command ImageConfig.WorkingDirectory",
        "CodeSigningConfigArn DeadLetterConfig FileSystemConfigs.S3FilesConfig FunctionScalingConfig KmsKeyArn"
        " PublishToLatestPublished RecursiveLoop RuntimeManagementConfig SnapStart "
        + within(_ON_INSTANCES, "ExecutionEnvironmentMemoryGiBPerVCpu PerExecutionEnvironmentMaxConcurrency"),
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
