"""Route 53 Resolver's API over the cloud that runs: endpoints, rules, DNS Firewall, query logging, settings of VPCs."""
