"""CloudFormation's API of an account: stacks, change sets, events, and the deployments behind them."""
