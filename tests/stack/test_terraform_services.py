"""The calls of Terraform's AWS provider for other services than EC2: create, wait, read back, delete (control-plane §4).

`test_terraform_calls.py` has the table of sections. What the provider reads back and does not find is a difference in each plan.
"""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.helpers.terraform import Network, missing

pytestmark = pytest.mark.packets
TAGS = [{"Key": "Name", "Value": "tf"}]
SOON = {"Delay": 1, "MaxAttempts": 20}
TRUST = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
})  # fmt: skip
ALLOWED = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
})  # fmt: skip
VPC_POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"


@pytest.fixture(scope="module")
def client(account):
    return account.client


@pytest.fixture(scope="module")
def network(client):
    return Network(client("ec2"))


@pytest.fixture
def role(client):
    iam = client("iam")
    arn = iam.create_role(RoleName="tf", AssumeRolePolicyDocument=TRUST, MaxSessionDuration=3600, Tags=TAGS)["Role"][
        "Arn"
    ]
    iam.attach_role_policy(RoleName="tf", PolicyArn=VPC_POLICY)
    yield arn
    iam.detach_role_policy(RoleName="tf", PolicyArn=VPC_POLICY)
    iam.delete_role(RoleName="tf")
    missing(iam.get_role, "NoSuchEntity", 404, RoleName="tf")


def test_a_role_with_its_policies(client, role):
    iam = client("iam")
    read = iam.get_role(RoleName="tf")["Role"]
    assert (read["Arn"], read["MaxSessionDuration"], read["Tags"]) == (role, 3600, TAGS)
    iam.put_role_policy(RoleName="tf", PolicyName="inline", PolicyDocument=ALLOWED)
    assert iam.list_role_policies(RoleName="tf")["PolicyNames"] == ["inline"]
    assert [one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName="tf")["AttachedPolicies"]] == [
        VPC_POLICY
    ]
    missing(iam.delete_role, "DeleteConflict", 409, RoleName="tf")
    iam.delete_role_policy(RoleName="tf", PolicyName="inline")
    missing(iam.get_role_policy, "NoSuchEntity", 404, RoleName="tf", PolicyName="inline")
    assert iam.list_instance_profiles_for_role(RoleName="tf")["InstanceProfiles"] == []


def test_a_load_balancer_with_listener_rule_and_targets(client, network):
    elb, ec2 = client("elbv2"), client("ec2")
    missing(elb.describe_load_balancers, "LoadBalancerNotFound", Names=["tf"])
    arn = elb.create_load_balancer(
        Name="tf",
        Subnets=network.subnets,
        SecurityGroups=[network.group],
        Scheme="internal",
        Type="application",
        Tags=TAGS,
    )["LoadBalancers"][0]["LoadBalancerArn"]
    elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[arn])
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "30"}]
    )
    read = {
        one["Key"]: one["Value"] for one in elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    }
    assert (read["idle_timeout.timeout_seconds"], read["routing.http2.enabled"]) == ("30", "true")
    assert elb.describe_capacity_reservation(LoadBalancerArn=arn)["CapacityReservationState"] == []
    assert elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"] == TAGS
    group = elb.create_target_group(Name="tf", Port=80, Protocol="HTTP", VpcId=network.vpc, TargetType="ip")[
        "TargetGroups"
    ][0]
    target_group = group["TargetGroupArn"]
    delay = {"Key": "deregistration_delay.timeout_seconds", "Value": "30"}
    elb.modify_target_group_attributes(TargetGroupArn=target_group, Attributes=[delay])
    assert delay in elb.describe_target_group_attributes(TargetGroupArn=target_group)["Attributes"]
    forward = [{"Type": "forward", "TargetGroupArn": target_group, "Order": 1}]
    made = elb.create_listener(LoadBalancerArn=arn, Port=80, Protocol="HTTP", DefaultActions=forward)
    listener = made["Listeners"][0]["ListenerArn"]
    assert elb.describe_listener_attributes(ListenerArn=listener)["Attributes"]
    rule = elb.create_rule(
        ListenerArn=listener, Priority=100, Actions=forward,
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a/*"]}}],
    )["Rules"][0]["RuleArn"]  # fmt: skip
    assert elb.describe_rules(RuleArns=[rule])["Rules"][0]["Priority"] == "100"
    missing(elb.delete_target_group, "ResourceInUse", TargetGroupArn=target_group)
    lingering = [{"Name": "description", "Values": [f"ELB app/{arn.partition('app/')[2]}"]}]
    assert len(ec2.describe_network_interfaces(Filters=lingering)["NetworkInterfaces"]) == len(network.subnets)
    elb.delete_rule(RuleArn=rule)
    missing(elb.describe_rules, "RuleNotFound", RuleArns=[rule])
    elb.delete_listener(ListenerArn=listener)
    missing(elb.describe_listeners, "ListenerNotFound", ListenerArns=[listener])
    elb.delete_load_balancer(LoadBalancerArn=arn)
    elb.get_waiter("load_balancers_deleted").wait(LoadBalancerArns=[arn])
    assert ec2.describe_network_interfaces(Filters=lingering)["NetworkInterfaces"] == []
    elb.delete_target_group(TargetGroupArn=target_group)
    missing(elb.describe_target_groups, "TargetGroupNotFound", TargetGroupArns=[target_group])


def test_a_function_whose_interfaces_go_with_it(client, network, role):
    lambda_, ec2, code = client("lambda"), client("ec2"), BytesIO()
    with ZipFile(code, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): return 1")
    lambda_.create_function(
        FunctionName="tf", Runtime="python3.12", Role=role, Handler="index.handler", Code={"ZipFile": code.getvalue()},
        VpcConfig={"SubnetIds": network.subnets, "SecurityGroupIds": [network.group]}, Tags={"Name": "tf"},
    )  # fmt: skip
    lambda_.get_waiter("function_active_v2").wait(FunctionName="tf")
    read = lambda_.get_function(FunctionName="tf")
    assert (read["Tags"], read["Configuration"]["VpcConfig"]["VpcId"]) == ({"Name": "tf"}, network.vpc)
    assert [one["Version"] for one in lambda_.list_versions_by_function(FunctionName="tf")["Versions"]] == ["$LATEST"]
    assert "CodeSigningConfigArn" not in lambda_.get_function_code_signing_config(FunctionName="tf")
    of_lambda = [{"Name": "description", "Values": ["AWS Lambda VPC ENI*"]}]
    assert len(ec2.describe_network_interfaces(Filters=of_lambda)["NetworkInterfaces"]) == len(network.subnets)
    lambda_.delete_function(FunctionName="tf")
    missing(lambda_.get_function, "ResourceNotFoundException", 404, FunctionName="tf")
    assert ec2.describe_network_interfaces(Filters=of_lambda)["NetworkInterfaces"] == []


def test_a_rest_api_part_by_part(client):
    api = client("apigateway")
    id_ = api.create_rest_api(name="tf", endpointConfiguration={"types": ["REGIONAL"]}, tags={"Name": "tf"})["id"]
    (root,) = [one["id"] for one in api.get_resources(restApiId=id_, limit=500)["items"] if one["path"] == "/"]
    place = {"restApiId": id_, "resourceId": api.create_resource(restApiId=id_, parentId=root, pathPart="orders")["id"]}
    method = {**place, "httpMethod": "GET"}
    api.put_method(**method, authorizationType="NONE")
    api.put_integration(**method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    api.put_method_response(**method, statusCode="200")
    api.put_integration_response(**method, statusCode="200")
    assert api.get_method(**method)["methodIntegration"]["integrationResponses"]["200"] == {"statusCode": "200"}
    deployment = api.create_deployment(restApiId=id_)["id"]
    stage = {"restApiId": id_, "stageName": "prod"}
    api.create_stage(**stage, deploymentId=deployment)
    limit = [{"op": "replace", "path": "/*/*/throttling/rateLimit", "value": "10"}]
    api.update_stage(**stage, patchOperations=limit)
    assert api.get_stage(**stage)["methodSettings"]["*/*"]["throttlingRateLimit"] == 10
    missing(api.delete_deployment, "BadRequestException", restApiId=id_, deploymentId=deployment)
    api.delete_stage(**stage)
    missing(api.get_stage, "NotFoundException", 404, **stage)
    api.delete_deployment(restApiId=id_, deploymentId=deployment)
    api.delete_method(**method)
    missing(api.get_method, "NotFoundException", 404, **method)
    api.delete_resource(**place)
    api.delete_rest_api(restApiId=id_)
    missing(api.get_rest_api, "NotFoundException", 404, restApiId=id_)


def test_an_http_api_with_a_vpc_link(client, network):
    api = client("apigatewayv2")
    id_ = api.create_api(Name="tf", ProtocolType="HTTP", Tags={"Name": "tf"})["ApiId"]
    link = api.create_vpc_link(Name="tf", SubnetIds=network.subnets, SecurityGroupIds=[network.group])["VpcLinkId"]
    assert api.get_vpc_link(VpcLinkId=link)["VpcLinkStatus"] == "AVAILABLE"
    integration = api.create_integration(
        ApiId=id_, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri="https://example.com",
        PayloadFormatVersion="1.0",
    )["IntegrationId"]  # fmt: skip
    route = api.create_route(ApiId=id_, RouteKey="GET /", Target=f"integrations/{integration}")["RouteId"]
    api.create_stage(ApiId=id_, StageName="$default", AutoDeploy=True)
    read = api.get_route(ApiId=id_, RouteId=route)
    assert (read["ApiKeyRequired"], read["AuthorizationType"]) == (False, "NONE")
    api.delete_route(ApiId=id_, RouteId=route)
    missing(api.get_route, "NotFoundException", 404, ApiId=id_, RouteId=route)
    api.delete_vpc_link(VpcLinkId=link)
    missing(api.get_vpc_link, "NotFoundException", 404, VpcLinkId=link)
    api.delete_api(ApiId=id_)
    missing(api.get_api, "NotFoundException", 404, ApiId=id_)


def test_a_private_zone_with_a_record(client, network):
    route53 = client("route53")
    vpc = {"VPCRegion": "us-east-1", "VPCId": network.vpc}
    made = route53.create_hosted_zone(Name="tf.internal", CallerReference="tf", VPC=vpc)
    id_ = made["HostedZone"]["Id"].rpartition("/")[2]
    assert route53.get_change(Id=made["ChangeInfo"]["Id"].rpartition("/")[2])["ChangeInfo"]["Status"] == "INSYNC"
    route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=id_, AddTags=TAGS)
    read = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=id_)
    assert read["ResourceTagSet"]["Tags"] == TAGS
    record = {"Name": "a.tf.internal", "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "10.71.1.9"}]}
    for action in ("CREATE", "DELETE"):
        changes = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        route53.change_resource_record_sets(HostedZoneId=id_, ChangeBatch=changes)
        if action == "CREATE":
            missing(route53.delete_hosted_zone, "HostedZoneNotEmpty", Id=id_)
    route53.delete_hosted_zone(Id=id_)
    missing(route53.get_hosted_zone, "NoSuchHostedZone", 404, Id=id_)


def test_a_database_in_its_subnet_group(client, network):
    rds = client("rds")
    group = rds.create_db_subnet_group(
        DBSubnetGroupName="tf", DBSubnetGroupDescription="Managed by Terraform", SubnetIds=network.subnets, Tags=TAGS
    )["DBSubnetGroup"]
    assert rds.list_tags_for_resource(ResourceName=group["DBSubnetGroupArn"])["TagList"] == TAGS
    named = {"DBInstanceIdentifier": "tf"}
    rds.create_db_instance(
        **named, DBInstanceClass="db.t3.micro", Engine="oracle-se2", AllocatedStorage=20, MasterUsername="u",
        MasterUserPassword="p" * 8, DBSubnetGroupName="tf", VpcSecurityGroupIds=[network.group],
    )  # fmt: skip
    rds.get_waiter("db_instance_available").wait(**named, WaiterConfig=SOON)
    (read,) = rds.describe_db_instances(**named)["DBInstances"]
    by_resource = [{"Name": "dbi-resource-id", "Values": [read["DbiResourceId"]]}]
    assert len(rds.describe_db_instances(Filters=by_resource)["DBInstances"]) == 1
    missing(rds.delete_db_subnet_group, "InvalidDBSubnetGroupStateFault", DBSubnetGroupName="tf")
    rds.delete_db_instance(**named, SkipFinalSnapshot=True)
    rds.get_waiter("db_instance_deleted").wait(**named, WaiterConfig=SOON)
    missing(rds.describe_db_instances, "DBInstanceNotFound", 404, **named)
    rds.delete_db_subnet_group(DBSubnetGroupName="tf")
    missing(rds.describe_db_subnet_groups, "DBSubnetGroupNotFoundFault", 404, DBSubnetGroupName="tf")


def test_a_cache_in_its_subnet_group(client, network):
    cache, named = client("elasticache"), {"CacheClusterId": "tf"}
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="tf", CacheSubnetGroupDescription="d", SubnetIds=network.subnets
    )
    cache.create_cache_parameter_group(
        CacheParameterGroupName="tf", CacheParameterGroupFamily="memcached1.6", Description="d"
    )
    cache.create_cache_cluster(
        **named, Engine="memcached", CacheNodeType="cache.t3.micro", NumCacheNodes=1, CacheSubnetGroupName="tf",
        SecurityGroupIds=[network.group], CacheParameterGroupName="tf", Tags=TAGS,
    )  # fmt: skip
    (read,) = cache.describe_cache_clusters(**named, ShowCacheNodeInfo=True)["CacheClusters"]
    assert read["CacheClusterStatus"] == "available"
    assert {"EngineVersion", "PreferredMaintenanceWindow", "SnapshotRetentionLimit", "NetworkType", "IpDiscovery"} <= {
        *read
    }
    assert cache.list_tags_for_resource(ResourceName=read["ARN"])["TagList"] == TAGS
    cache.delete_cache_cluster(**named)
    missing(cache.describe_cache_clusters, "CacheClusterNotFound", 404, **named)
    cache.delete_cache_parameter_group(CacheParameterGroupName="tf")
    cache.delete_cache_subnet_group(CacheSubnetGroupName="tf")
    missing(cache.describe_cache_subnet_groups, "CacheSubnetGroupNotFoundFault", CacheSubnetGroupName="tf")


def test_a_service_in_its_cluster(client, network):
    ecs = client("ecs")
    ecs.create_cluster(clusterName="tf", tags=[{"key": "Name", "value": "tf"}])
    (cluster,) = ecs.describe_clusters(clusters=["tf"], include=["TAGS", "CONFIGURATIONS", "SETTINGS"])["clusters"]
    assert (cluster["status"], cluster["tags"]) == ("ACTIVE", [{"key": "Name", "value": "tf"}])
    definition = ecs.register_task_definition(
        family="tf", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        containerDefinitions=[{"name": "web", "image": "nginx", "essential": True}],
    )["taskDefinition"]["taskDefinitionArn"]  # fmt: skip
    place = {"subnets": network.subnets, "securityGroups": [network.group], "assignPublicIp": "DISABLED"}
    ecs.create_service(
        cluster="tf", serviceName="tf", taskDefinition=definition, desiredCount=0, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": place},
    )  # fmt: skip
    ecs.get_waiter("services_stable").wait(cluster="tf", services=["tf"], WaiterConfig=SOON)
    (service,) = ecs.describe_services(cluster="tf", services=["tf"], include=["TAGS"])["services"]
    assert {"deploymentConfiguration", "deploymentController", "propagateTags", "enableECSManagedTags"} <= {*service}
    missing(ecs.delete_cluster, "ClusterContainsServicesException", cluster="tf")
    ecs.delete_service(cluster="tf", service="tf", force=True)
    ecs.get_waiter("services_inactive").wait(cluster="tf", services=["tf"], WaiterConfig=SOON)
    ecs.deregister_task_definition(taskDefinition=definition)
    assert ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]["status"] == "INACTIVE"
    ecs.delete_cluster(cluster="tf")
