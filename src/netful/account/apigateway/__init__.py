"""API Gateway's own API, the control plane: `aws apigateway`, `aws apigatewayv2`, their SDKs.

Rules:
1. A change makes another cloud. Its response is sent after all processes of the gateway answer for that cloud.
2. A request that creates or changes a part of an API becomes properties of CloudFormation's resource, member by member after
   botocore's shapes, and an edit of the account (`account.changes`). The readers of templates derive the next cloud.
3. An API with an OpenAPI body is opened by the first edit of a part of it: the body becomes the resources that it describes.
4. Stages, deployments, keys and plans are things of the live gateway (`live`). Calls change the thing, and its resource
   follows (`mirror`). The next `netful up` reverts all changes; the counts of quotas stay.
5. A new resource has an id of AWS's form; its id in the account is the same. Ids are those of the rest of the gateway: an
   API, a plan, a key and an authorizer have the ids of their resources; a resource and a deployment have the ids of
   `$context`. The logical id of a deployment or a resource is accepted as well.
"""
