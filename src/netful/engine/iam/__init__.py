"""IAM: policy documents and the decision over several of them."""
