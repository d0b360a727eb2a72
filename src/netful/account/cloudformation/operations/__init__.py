"""CloudFormation's operations, each a function of the account and the parameters of a request."""
