def to(name):
    return f"hello {name}"
