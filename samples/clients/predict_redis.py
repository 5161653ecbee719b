"""Asks a prediction service over Redis, with nothing but Python's own library.

    python3 predict_redis.py 127.0.0.1:6379 price '{"carat": 0.5, "cut": "Ideal"}' [prefix]

With redis-py it is r.lpush(queue, request) and r.blpop(reply, timeout=10).
"""
import json
import socket
import sys
import uuid


class Redis:
    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), timeout=30)
        self.file = self.socket.makefile("rb")

    def ask(self, *words):
        words = [word.encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
        return self.read()

    def read(self):
        line = self.file.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self.read() for _ in range(int(rest))]
        return rest


def main(server, service, features, prefix="redisml"):
    host, port = server.rsplit(":", 1)
    redis = Redis(host, int(port))
    reply = f"{prefix}:reply:{uuid.uuid4()}"
    redis.ask("LPUSH", f"{prefix}:service:{{{service}}}:queue", json.dumps({"reply": reply, "features": json.loads(features)}))
    answer = redis.ask("BLPOP", reply, "20")
    if answer is None:
        sys.exit("The service didn't answer.")
    answer = json.loads(answer[1])
    if "error" in answer:
        sys.exit(f"{answer['error']}: {answer['message']}")
    print(answer["prediction"], "by version", answer["version"])


main(*sys.argv[1:])
