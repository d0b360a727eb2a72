"""Private names of instances, by their addresses (spec: vpc-network §6.3)."""


def private_dns_name(address: str, region: str) -> str:
    """Return the private name that an instance has by its address."""
    zone = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return f"ip-{address.replace('.', '-')}.{zone}"
