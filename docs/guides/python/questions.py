import netful

network = netful.load("../../../examples/ssm-demo/endpoint.yaml")
newer = netful.load("../../../examples/ssm-demo/closed-endpoint.yaml")

path = newer.trace("ReadParameter", "aws:ssm")
print(path.verdict, path.symptom)
for hop in path.hops:
    print(hop.n, hop.kind, hop.component, hop.verdict)
print(path.hint)

for flow in network.diff(newer).lost:
    print("lost:", flow.source, flow.destination)
for finding in newer.check(select=["NF2"]):
    print(finding.id, finding.severity, finding.origin)
