"""API Gateway's own API, the control plane, for what a stack runs: `aws apigateway`, `aws apigatewayv2`, their SDKs.

Rules:
1. What is read is the model of the templates, and the live state: what was changed since, and what quotas have counted.
2. A change makes another cloud, which all processes of the gateway answer for before the change is answered itself.
3. The templates are the truth. What a template alone may say (methods, integrations, domains) is refused here, and the next
   `netful up` undoes what was changed. What quotas have counted stays.
4. Ids are those that the gateway tells elsewhere: an API, a plan, a key, an authorizer by its logical id, a resource and a
   deployment by what `$context` says of it. The logical id of a deployment or a resource is taken as well.
"""
