"""Reachability Analyzer and Network Access Analyzer, as EC2's API has them: answers of `trace` in AWS's shapes."""
