// A function whose endpoint admits nothing, or admits it with `OPEN=1`; in a stage with `STAGE=1`.
import { App, Stack, Stage, Validations, aws_ec2 as ec2, aws_lambda as lambda } from "aws-cdk-lib";
import { Construct } from "constructs";
import { NetfulValidationPlugin } from "netful-cdk";

declare const process: { env: Record<string, string | undefined> };

class Orders extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, "Vpc", { maxAzs: 2, natGateways: 0 });
    const group = new ec2.SecurityGroup(this, "EndpointGroup", { vpc });
    const read = new lambda.Function(this, "Read", {
      runtime: lambda.Runtime.PYTHON_3_12,
      handler: "index.handler",
      code: lambda.Code.fromInline("import boto3\nboto3.client('ssm').get_parameter(Name='x')\ndef handler(e, c): pass"),
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    });
    if (process.env.OPEN) group.connections.allowFrom(read, ec2.Port.HTTPS);
    vpc.addInterfaceEndpoint("Ssm", { service: ec2.InterfaceVpcEndpointAwsService.SSM, securityGroups: [group], open: false });
  }
}

const app = new App();
const options = JSON.parse(process.env.NETFUL_OPTIONS ?? "{}");
Validations.of(app).addPlugins(new NetfulValidationPlugin(options));
new Orders(process.env.STAGE ? new Stage(app, "Prod") : app, "orders");
