"""API Gateway's own API, the control plane, for the APIs of a stack: `aws apigateway`, `aws apigatewayv2`, their SDKs.

Rules:
1. Operations read the model of the templates and the live state: later changes, and the counts of quotas.
2. A change makes another cloud. Its response is sent after all processes of the gateway answer for that cloud.
3. The templates are the truth. Settings that belong to a template (methods, integrations, domains) cannot be changed here,
   and the next `netful up` reverts all changes. The counts of quotas stay.
4. Ids are those of the rest of the gateway. An API, a plan, a key and an authorizer have their logical ids; a resource and
   a deployment have the ids of `$context`. The logical id of a deployment or a resource is accepted as well.
"""
