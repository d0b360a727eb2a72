"""ALB and NLB."""
