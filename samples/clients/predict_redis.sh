#!/usr/bin/env bash
# Asks a prediction service by redis-cli.
#   predict_redis.sh 127.0.0.1:6379 price '{"carat": 0.5, "cut": "Ideal"}' [prefix]
set -euo pipefail
server=$1 service=$2 features=$3 prefix=${4:-redisml}
redis() { redis-cli -h "${server%:*}" -p "${server##*:}" --raw "$@"; }
reply="$prefix:reply:$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
redis lpush "$prefix:service:{$service}:queue" "{\"reply\": \"$reply\", \"features\": $features}" > /dev/null
redis blpop "$reply" 20 | tail -n 1
