"""Resources whose form differs between Terraform and CloudFormation: one list of like modules, one for each area of AWS."""
