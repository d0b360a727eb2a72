from chalice import Chalice

app = Chalice(app_name="hello")


@app.route("/")
def index():
    return {"version": 1}


@app.route("/people/{name}", methods=["POST"], cors=True)
def person(name):
    return {"name": name, "said": app.current_request.json_body["say"]}
