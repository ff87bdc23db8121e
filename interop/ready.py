"""Prints what curl needs of the line that `booking dev --json` prints: url, customer's token, flight."""

import json
import sys


def main(path):
    with open(path, encoding="utf-8") as file:
        ready = json.loads(file.readline())
    print(ready["url"].rstrip("/"), ready["tenants"][0]["customer_token"], ready["sample_flight_id"])


main(sys.argv[1])
