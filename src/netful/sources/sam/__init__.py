"""The Serverless Application Model: `AWS::Serverless::*` resources become what CloudFormation deploys for them.

Rules:
1. A resource keeps its logical id and its line: a function made from `AWS::Serverless::Function` stands where that stands.
2. What SAM makes beside it (roles, permissions, stages, mappings) has SAM's ids and the line of what it is made from.
3. Values are moved as they are written; nothing is resolved here.
4. Ids with the hash of a name (`ApiGatewayDomainName0123abcdef`) are SAM's; those with one of the whole content
   (`MyApiDeployment0123abcdef`) have none here: a reference to one is unknown, not an error.

netful expands SAM itself, because lines survive so and a command takes a tenth of the time; SAM's own translator is
what the tests compare with.
"""

from netful.sources.sam.expansion import expand, is_needed

__all__ = ["expand", "is_needed"]
