"""What schemathesis has to know to get past the door: tokens, ids that are there, and tus' chunks."""

import itertools
import json
import random
import socket
import threading
import time
import urllib.request
import zlib

import schemathesis
import urllib3.util.connection

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")

KNOWN = json.load(open("known.json"))
# What ends the session that asks, or takes the password from it.
ENDS = {"endSession", "endSessions", "logout", "refresh", "deleteAccount", "changePassword", "changeEmail"}

_random = random.SystemRandom()


def from_anywhere(connect):
    """Each connection is somebody else's: who guesses passwords from one address is stopped after a few."""

    def connected(address, timeout=30, source_address=None, **kwargs):
        source = f"127.{_random.randint(1, 254)}.{_random.randint(0, 255)}.{_random.randint(1, 254)}"
        try:
            return connect(address, timeout, (source, 0), **kwargs)
        except OSError:
            # Not every system has all of 127.0.0.0/8.
            return connect(address, timeout, source_address, **kwargs)

    return connected


urllib3.util.connection.create_connection = from_anywhere(urllib3.util.connection.create_connection)
socket.create_connection = from_anywhere(socket.create_connection)

_lock = threading.Lock()
_tokens = {}
_numbers = itertools.count()


def ask(path, body):
    headers = {"Content-Type": "application/json", "Host": KNOWN["host"]}
    request = urllib.request.Request(KNOWN["url"] + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]


def token(name):
    """A token of less than five minutes: of who has much by refreshing; of who loses sessions, anybody's who is new."""
    with _lock:
        made, tokens = _tokens.get(name, (0, None))
        if time.monotonic() - made > 300 or not tokens:
            if name == "fragile":
                email = f"fragile-{next(_numbers)}@example.org"
                tokens = ask("/v1/auth/register", {"email": email, "password": KNOWN["password"]})
            else:
                refresh = tokens["refreshToken"] if tokens else KNOWN["refresh"]
                tokens = ask("/v1/auth/refresh", {"refreshToken": refresh})
            _tokens[name] = (time.monotonic(), tokens)
        return tokens["accessToken"]


def draw(text, among):
    """One of so many, told from what was generated: the same seed asks for the same."""
    return zlib.crc32(str(text).encode()) % among


@schemathesis.hook
def before_call(ctx, case, kwargs):
    raw = ctx.operation.definition.raw
    name = raw["operationId"]
    case.headers = case.headers or {}
    case.headers["Host"] = KNOWN["host"]
    case.headers["Connection"] = "close"
    needs = raw["x-aw-access"]["for"] != "everybody" or draw(case.path_parameters, 2)
    if "refresh" in KNOWN and needs:
        case.headers["Authorization"] = "Bearer " + token("fragile" if name in ENDS else "maker")
    # Most requests are about what is there.
    known = KNOWN["things"].get(name, {})
    for named in (case.path_parameters or {}, case.query or {}):
        for parameter in named:
            if parameter in known and draw(named[parameter], 6):
                named[parameter] = known[parameter]
    # Mostly the version is the one that is there.
    if "If-Match" in case.headers and draw(case.headers["If-Match"], 4):
        case.headers["If-Match"] = "*"
    # What asks once more whether it is meant.
    if "confirm" in (case.query or {}) and draw(case.query["confirm"], 2):
        case.query["confirm"] = case.path_parameters["id"]
    if isinstance(case.body, dict):
        # A press whose provider does not take its key sells nothing from then on.
        if len(str(case.body.get("apiKey", ""))) >= 16:
            case.body["apiKey"] = KNOWN["fields"]["apiKey"]
        for field, value in case.body.items():
            if field in KNOWN["fields"] and isinstance(value, str) and draw(value, 3):
                case.body[field] = KNOWN["fields"][field]


@schemathesis.hook
def after_call(ctx, case, response):
    # The session has ended: the next one asks with another.
    if ctx.operation.definition.raw["operationId"] in ENDS and response.status_code < 400:
        with _lock:
            _tokens.pop("fragile", None)
