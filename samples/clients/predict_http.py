"""Asks a prediction service over HTTP (the Open Inference Protocol), with nothing but Python's own library.

    python3 predict_http.py http://127.0.0.1:8080 price '{"carat": 0.5, "cut": "Ideal"}' [token]
"""
import json
import sys
import urllib.error
import urllib.request


def ask(url, token, body=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        sys.exit(f"{error.code}: {json.load(error)['error']}")


def main(server, model, features, token=None):
    features = json.loads(features)
    metadata = ask(f"{server}/v2/models/{model}", token)
    inputs = [{"name": i["name"], "datatype": i["datatype"], "shape": [1], "data": [features.get(i["name"])]} for i in metadata["inputs"]]
    answer = ask(f"{server}/v2/models/{model}/infer", token, {"inputs": inputs})
    print(answer["outputs"][0]["data"][0], "by version", answer["model_version"])


main(*sys.argv[1:])
