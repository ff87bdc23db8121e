"""Prints what shells need of the line that `booking dev --json` prints: url, token, flight.

The token is the customer's of the first business, or with a second argument that role's.
"""

import json
import sys


def main(path, role="customer"):
    with open(path, encoding="utf-8") as file:
        ready = json.loads(file.readline())
    print(ready["url"].rstrip("/"), ready["tenants"][0][f"{role}_token"], ready["sample_flight_id"])


main(*sys.argv[1:])
