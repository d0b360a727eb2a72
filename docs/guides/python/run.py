import netful

with netful.up("../../../examples/ssm-demo/endpoint.yaml") as stack:
    print(stack.invoke("ReadParameter").json())
    print(stack.probe("ReadParameter", "aws:ssm").agree)

    ssm = stack.client("ssm")
    ssm.put_parameter(Name="/demo/greeting", Value="changed", Type="String", Overwrite=True)
    print(stack.invoke("ReadParameter").json())

    print(stack.exec("ReadParameter", "getent", "hosts", "ssm.us-east-1.amazonaws.com").stdout.decode())
    print(stack.request("internet", "https://example.com/").json()["source"])
    try:
        stack.request("ReadParameter", "https://example.com/", timeout=1)
    except netful.NoResponseError as error:
        print(error.symptom)
