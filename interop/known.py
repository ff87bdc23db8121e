"""Prints settings for schemathesis: the ids of a flight and a booking that are there, in place of made-up ones."""

import json
import sys


def main(ready_path, placed_path):
    with open(ready_path, encoding="utf-8") as file:
        flight = json.loads(file.readline())["sample_flight_id"]
    with open(placed_path, encoding="utf-8") as file:
        placed = json.load(file)
    ids = {
        "flight_id": flight,
        "seat_number": "30F",
        "booking_id": placed["booking_id"],
        "reference": placed["booking_reference"],
        "item_id": placed["items"][0]["item_id"],
        "passenger_id": placed["passengers"][0]["passenger_id"],
    }
    print("[parameters]")
    for name, value in ids.items():
        print(f'"path.{name}" = "{value}"')


main(*sys.argv[1:])
