"""API Gateway's API for what it creates, changes and deletes: REST, HTTP and WebSocket APIs, domains, plans, VPC links.

Rules:
1. A request becomes properties of CloudFormation's resource, member by member after botocore's shapes, and an edit of the
   account (`account.changes`). The readers of templates derive the next cloud, so the gateway, `trace` and the reads of
   `gateway.control` follow.
2. An API with an OpenAPI body is opened by the first edit of a part of it: the body becomes the resources that it describes.
3. Stages, deployments, keys and plans are things of the live gateway (`gateway.control`). A creation adds their resource.
   Later calls change the thing, which keeps that state as long as its resource reads as before.
4. A new resource has an id of AWS's form; its id in the account is the same.
"""
