"""A tenant's subscriber, written with nothing but the stock client: what it may do, and what it may not.

Usage: subscriber.py READY.json PLACED.json
READY is the line that `booking dev --json` prints, PLACED the answer to POST /bookings.
"""

import asyncio
import hashlib
import json
import re
import sys
import uuid
from datetime import datetime, timedelta, timezone
from urllib.parse import unquote

import nats
from nats.errors import TimeoutError as NothingCame

ARRIVES_WITHIN_SECONDS = 15
REFUSED_WITHIN_SECONDS = 3
NOTHING_COMES_SECONDS = 1
IN_1970 = datetime(1970, 1, 1, tzinfo=timezone.utc)
PERSONAL = ("first_name", "last_name", "email", "phone_number", "date_of_birth", "passport_number")


class Checks:
    """One line for each check; a failed one does not stop the others."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def that(self, what, holds, found=None):
        if holds:
            self.passed += 1
            print(f"ok      {what}")
        else:
            self.failed += 1
            print(f"FAILED  {what}; found {found!r}")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 0 if self.failed == 0 else 1


class Subscriber:
    """One tenant's connection, as docs tell a tenant to make it."""

    def __init__(self, nats_url, tenant):
        self.nats_url = nats_url
        self.tenant = tenant
        self.errors = asyncio.Queue()

    async def connect(self):
        async def keep(error):
            await self.errors.put(str(error))

        user = self.tenant["nats_user"]
        self.client = await nats.connect(
            self.nats_url,
            user=user,
            password=self.tenant["nats_password"],
            inbox_prefix=f"_INBOX_{user}".encode(),
            error_cb=keep,
            connect_timeout=5,
            max_reconnect_attempts=1,
        )
        jetstream = self.client.jetstream(prefix="BOOKING.API")
        self.events = await jetstream.pull_subscribe_bind(self.tenant["durable"], self.tenant["stream"])

    async def receive(self, booking_id):
        """The booking.created of one booking; what stands before it is acknowledged and passed over."""
        until = asyncio.get_running_loop().time() + ARRIVES_WITHIN_SECONDS
        while asyncio.get_running_loop().time() < until:
            try:
                messages = await self.events.fetch(10, timeout=1)
            except NothingCame:
                continue
            for message in messages:
                event = json.loads(message.data)
                if event["event_type"] == "booking.created" and event["booking_id"] == booking_id:
                    return message, event
                await message.ack_sync()
        return None, None

    async def refusal(self, deed):
        """The server's complaint about a deed; None when it had none."""
        while not self.errors.empty():
            self.errors.get_nowait()
        await deed()
        await self.client.flush(timeout=5)
        try:
            return await asyncio.wait_for(self.errors.get(), REFUSED_WITHIN_SECONDS)
        except asyncio.TimeoutError:
            return None


def is_uuid(text):
    try:
        return str(uuid.UUID(text)) == text
    except (ValueError, TypeError, AttributeError):
        return False


def is_instant(text):
    try:
        datetime.strptime(re.sub(r"\.\d+", "", text), "%Y-%m-%dT%H:%M:%SZ")
        return True
    except (ValueError, TypeError):
        return False


def check_headers(checks, tenant, message, event):
    headers = message.headers
    subject = f"booking.evt.{tenant['tenant_id']}.booking.created"
    checks.that("the subject names tenant and event", message.subject == subject, message.subject)
    expected = {"ce-specversion": "1.0", "ce-type": "booking.created", "content-type": "application/json"}
    expected["ce-subject"] = event["booking_id"]
    found = {name: headers.get(name) for name in expected}
    checks.that("it is a CloudEvent in binary mode", found == expected, found)
    checks.that("ce-id is a UUID", is_uuid(headers.get("ce-id")), headers)
    checks.that("ce-time is an instant", is_instant(headers.get("ce-time")), headers)
    epoch, position = headers.get("Booking-Position", "0.0").split(".")
    checks.that("ce-source names the epoch", headers.get("ce-source") == f"/booking/epoch/{epoch}", headers)
    sequence = message.metadata.sequence.stream
    checks.that("the position is the stream's sequence", int(position) == sequence, (position, sequence))
    previous = int(headers.get("Booking-Previous", -1))
    checks.that("the tenant's previous position is before it", 0 <= previous < sequence, previous)


def frame(message):
    """What of a message its hash is taken over; docs/events.md lists the parts."""
    headers = message.headers
    since_1970 = datetime.fromisoformat(headers["ce-time"].replace("Z", "+00:00")) - IN_1970
    parts = [
        number(headers["Booking-Position"].split(".")[1]),
        uuid.UUID(headers["ce-id"]).bytes,
        uuid.UUID(message.subject.split(".")[2]).bytes,
        headers["Booking-Aggregate"].encode(),
        unquote(headers["ce-subject"]).encode(),
        number(headers["Booking-Sequence"]),
        headers["ce-type"].encode(),
        headers["ce-dataversion"].encode(),
        number(since_1970 // timedelta(microseconds=1)),
        message.data,
        headers["Booking-Metadata"].encode(),
    ]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def number(text):
    return int(text).to_bytes(8, "big", signed=True)


def check_hash(checks, message):
    """A subscriber is a witness: what it received is what was chained."""
    before = bytes.fromhex(message.headers.get("Booking-Hash-Before", ""))
    computed = hashlib.sha256(before + frame(message)).hexdigest()
    checks.that("Booking-Hash follows from the message", computed == message.headers.get("Booking-Hash"), computed)


def check_payload(checks, placed, event):
    for field in ("booking_id", "booking_reference"):
        checks.that(f"{field} is the one that was answered", event.get(field) == placed[field], event.get(field))
    for field in ("user_id", "flight_id"):
        checks.that(f"{field} is a UUID", is_uuid(event.get(field)), event.get(field))
    price = event.get("total_price", {})
    checks.that("total_price has amount, amount_minor and currency", is_money(price), price)
    passengers = event.get("passengers", [])
    checks.that("both passengers are there", len(passengers) == 2, len(passengers))
    checks.that("each has an id", all(is_uuid(passenger.get("id")) for passenger in passengers), passengers)
    primary = [passenger.get("is_primary") for passenger in passengers]
    checks.that("one is primary", sorted(primary) == [False, True], primary)
    for field in PERSONAL:
        sealed = all(str(passenger.get(field)).startswith("sealed:1:") for passenger in passengers)
        checks.that(f"{field} is sealed", sealed, passengers)
    seats = event.get("seats", [])
    checks.that("each has a seat of its own", len(seats) == len(set(seats)) == 2, seats)
    checks.that("created_at is an instant", is_instant(event.get("created_at")), event.get("created_at"))


def is_money(price):
    return (
        isinstance(price.get("amount"), str)
        and isinstance(price.get("amount_minor"), int)
        and re.fullmatch("[A-Z]{3}", price.get("currency", "")) is not None
    )


async def check_acknowledging(checks, subscriber, message):
    await message.ack_sync(timeout=5)
    about = await subscriber.events.consumer_info()
    floor = about.ack_floor.stream_seq
    checks.that("the acknowledgement is kept", message.metadata.sequence.stream <= floor, about)
    checks.that("nothing is left unacknowledged", about.num_ack_pending == 0, about.num_ack_pending)


async def check_no_injection(checks, subscriber):
    """Whoever may ask may name where the answer goes; here it must not become an event."""
    before = (await subscriber.events.consumer_info()).num_pending
    subject = f"booking.evt.{subscriber.tenant['tenant_id']}.booking.created"
    info = f"BOOKING.API.CONSUMER.INFO.{subscriber.tenant['stream']}.{subscriber.tenant['durable']}"
    await subscriber.client.publish(info, b"", reply=subject)
    await subscriber.client.flush(timeout=5)
    await asyncio.sleep(NOTHING_COMES_SECONDS)
    after = (await subscriber.events.consumer_info()).num_pending
    checks.that("an answer sent to an event's subject becomes no event", before == after, after)


async def check_refusals(checks, subscriber, others):
    tenant = subscriber.tenant
    stream, durable = tenant["stream"], tenant["durable"]
    forbidden = {
        "publish an event": f"booking.evt.{tenant['tenant_id']}.booking.created",
        "make a consumer": f"$JS.API.CONSUMER.CREATE.{stream}.mine",
        "make a durable consumer": f"$JS.API.CONSUMER.DURABLE.CREATE.{stream}.mine",
        "delete its consumer": f"$JS.API.CONSUMER.DELETE.{stream}.{durable}",
        "list the consumers": f"$JS.API.CONSUMER.NAMES.{stream}",
        "make a stream": "$JS.API.STREAM.CREATE.MINE",
        "delete the stream": f"$JS.API.STREAM.DELETE.{stream}",
        "purge the stream": f"$JS.API.STREAM.PURGE.{stream}",
        "read the stream past its durable": f"$JS.API.STREAM.MSG.GET.{stream}",
        "ask for another tenant's messages": f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{others}",
        "ask for them by the other prefix": f"BOOKING.API.CONSUMER.MSG.NEXT.{stream}.{others}",
        "ask about another tenant's durable": f"BOOKING.API.CONSUMER.INFO.{stream}.{others}",
        "acknowledge another tenant's messages": f"$JS.ACK.{stream}.{others}.1.1.1.1.0",
    }
    for deed, subject in forbidden.items():

        async def publish(subject=subject):
            await subscriber.client.publish(subject, b"{}", reply=subscriber.client.new_inbox())

        refusal = await subscriber.refusal(publish)
        checks.that(f"may not {deed}", "permissions violation" in str(refusal).lower(), refusal)
    for subject in ("_INBOX.>", "booking.evt.>", f"_INBOX_{others}.>", ">"):

        async def subscribe(subject=subject):
            await subscriber.client.subscribe(subject)

        refusal = await subscriber.refusal(subscribe)
        checks.that(f"may not listen to {subject}", "permissions violation" in str(refusal).lower(), refusal)


async def main(ready_path, placed_path):
    with open(ready_path, encoding="utf-8") as file:
        ready = json.loads(file.readline())
    with open(placed_path, encoding="utf-8") as file:
        placed = json.load(file)
    checks = Checks()
    tenants = ready["tenants"]
    subscriber = Subscriber(ready["nats_url"], tenants[0])
    others = tenants[1]["durable"] if 1 < len(tenants) else f"tenant_{uuid.uuid4()}".replace("-", "_")
    await subscriber.connect()
    checks.that("the tenant's user connects", subscriber.client.is_connected)
    message, event = await subscriber.receive(placed["booking_id"])
    checks.that("booking.created arrives", message is not None)
    if message is not None:
        check_headers(checks, tenants[0], message, event)
        check_hash(checks, message)
        check_payload(checks, placed, event)
        await check_acknowledging(checks, subscriber, message)
    await check_no_injection(checks, subscriber)
    await check_refusals(checks, subscriber, others)
    await subscriber.client.close()
    return checks.end()


sys.exit(asyncio.run(main(*sys.argv[1:3])))
