"""Tables of the AWS provider's types, and of CloudFormation's types and properties that they stand for."""
