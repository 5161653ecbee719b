"""What a Python user writes to load a CSV file: a hash a row, pipelined. Prints rows a second.
usage: redis_py.py FILE.csv PORT   (needs redis-py)"""
import csv
import sys
import time

import redis

path, port = sys.argv[1], int(sys.argv[2])
client = redis.Redis(port=port)
start = time.perf_counter()
pipeline = client.pipeline(transaction=False)
rows = 0
with open(path, newline='') as file:
    for row in csv.DictReader(file):
        pipeline.hset(f'rival:{rows}', mapping=row)
        rows += 1
        if rows % 1000 == 0:
            pipeline.execute()
pipeline.execute()
print(rows / (time.perf_counter() - start))
for first in range(0, rows, 10000):
    client.delete(*(f'rival:{i}' for i in range(first, min(rows, first + 10000))))
