"""EC2's writes: each turns a request into edits of the account's resources. One list of like modules, one for each kind of resource."""
