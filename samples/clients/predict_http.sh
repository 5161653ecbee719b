#!/usr/bin/env bash
# Asks a prediction service by curl (the Open Inference Protocol). Give inputs as name=number.
#   predict_http.sh http://127.0.0.1:8080 price carat=0.5 depth=61
set -euo pipefail
server=$1 model=$2 inputs=
shift 2
for input in "$@"; do
  inputs+="${inputs:+, }{\"name\": \"${input%%=*}\", \"datatype\": \"FP64\", \"shape\": [1], \"data\": [${input#*=}]}"
done
curl --silent --show-error --fail-with-body --max-time 20 -H 'Content-Type: application/json' \
  ${TOKEN:+-H "Authorization: Bearer $TOKEN"} -d "{\"inputs\": [$inputs]}" "$server/v2/models/$model/infer"
echo
