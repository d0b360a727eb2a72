// A function in a VPC behind a private API, and a bucket that CDK's own custom resource empties.
const cdk = require("aws-cdk-lib");
const { aws_apigateway: apigateway, aws_ec2: ec2, aws_iam: iam, aws_lambda: lambda, aws_s3: s3 } = cdk;

class Application extends cdk.Stack {
  constructor(scope, id, properties) {
    super(scope, id, properties);
    const vpc = new ec2.Vpc(this, "Vpc", { maxAzs: 2, natGateways: 1, ipAddresses: ec2.IpAddresses.cidr("10.30.0.0/16") });
    const endpoint = vpc.addInterfaceEndpoint("Endpoint", { service: ec2.InterfaceVpcEndpointAwsService.APIGATEWAY });
    const hello = new lambda.Function(this, "Hello", {
      runtime: lambda.Runtime.PYTHON_3_12,
      handler: "app.handler",
      code: lambda.Code.fromAsset("function"),
      environment: { VPC: vpc.vpcId },
      vpc,
    });
    const anyone = new iam.PolicyStatement({
      actions: ["execute-api:Invoke"],
      principals: [new iam.AnyPrincipal()],
      resources: ["execute-api:/*"],
    });
    const api = new apigateway.LambdaRestApi(this, "Private", {
      handler: hello,
      endpointConfiguration: { types: [apigateway.EndpointType.PRIVATE], vpcEndpoints: [endpoint] },
      policy: new iam.PolicyDocument({ statements: [anyone] }),
    });
    new s3.Bucket(this, "Bucket", { removalPolicy: cdk.RemovalPolicy.DESTROY, autoDeleteObjects: true });
    new cdk.CfnOutput(this, "Url", { value: api.url });
    new cdk.CfnOutput(this, "Function", { value: hello.functionName });
    new cdk.CfnOutput(this, "Group", { value: endpoint.connections.securityGroups[0].securityGroupId });
  }
}

new Application(new cdk.App(), "cdk", { env: { account: "123456789012", region: "us-east-1" } });
