"""API Gateway's own API, the control plane, for the APIs of a stack: `aws apigateway`, `aws apigatewayv2`, their SDKs.

Rules:
1. Operations read the model of the templates and the live state: later changes, and the counts of quotas.
2. A change makes another cloud. Its response is sent after all processes of the gateway answer for that cloud.
3. These are the operations on the live gateway, and the reads. Those that create and change parts of APIs are in
   `account.apigateway`, which also gives the things that change here their resources. The next `netful up` reverts all
   changes; the counts of quotas stay.
4. Ids are those of the rest of the gateway. An API, a plan, a key and an authorizer have the ids of their resources; a
   resource and a deployment have the ids of `$context`. The logical id of a deployment or a resource is accepted as well.
"""
