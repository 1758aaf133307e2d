#!/usr/bin/env python3
"""Enrols with a join token and pushes a gauge, or columns of them, from docs/PROTOCOL.md alone.

Needs the Debian packages python3-grpcio and python3-protobuf, so run it as /usr/bin/python3. The few
messages it speaks are encoded by hand; nothing is generated and nothing is shared with the server.

Exit codes: 0 accepted, 1 server not reachable or local file trouble, 2 usage, 3 refused,
4 the seal on the answer does not hold, 5 the server asks to try again later.
"""

import argparse
import base64
import hashlib
import hmac
import json
import math
import os
import secrets
import stat
import struct
import sys
import time

HEADER_DOMAIN = "sentinel/batch-header"
ENVELOPE_DOMAIN = "sentinel/envelope"
SEAL_DOMAIN = "sentinel/seal"
SET_DOMAIN = "sentinel/series-set"
BLOCK_VERSION = 2
FORM_XOR = 6
BITMAP = 8
MAX_VALUES = 10_000
VERSION = 1
KIND_DATA = 1
GAUGE = 1
STATUS_WORDS = {0: "OK", 1: "REJECTED", 2: "RETRY"}
LANE_WORDS = {0: "fresh", 1: "backlog"}
TIMEOUT_SECONDS = 15


class Failure(Exception):
    """Ends the program with one line and an exit code."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


# --- Keys and MACs ---------------------------------------------------------------------------


def hmac_sha256(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def derive(secret, purpose):
    """HKDF-SHA256 (RFC 5869), empty salt, 32 bytes: one block of output is enough."""
    pseudo_random_key = hmac_sha256(b"\x00" * 32, secret)
    return hmac_sha256(pseudo_random_key, b"sentinel/v1/" + purpose.encode() + b"\x01")


# --- Our fixed binary form: big-endian, text behind a 16-bit length ----------------------------


def text(value):
    data = value.encode("utf-8")
    return struct.pack(">H", len(data)) + data


def message(domain):
    return text(domain) + bytes([VERSION])


def i64(value):
    """Signed or unsigned 64-bit number."""
    return struct.pack(">Q", value & 0xFFFFFFFFFFFFFFFF)


def batch_header(agent_id, epoch, seq, sample_from, sample_to, least_ms, greatest_ms, offset_ms, body):
    return (
        message(HEADER_DOMAIN)
        + bytes([KIND_DATA])
        + text(agent_id)
        + i64(epoch)
        + i64(seq)
        + i64(sample_from)
        + i64(sample_to)
        + i64(least_ms)
        + i64(greatest_ms)
        + i64(offset_ms)
        + hashlib.sha256(body).digest()
    )


def envelope(header, content_key_id, content_mac, attempt, sent_at_ms, key_id, attached=()):
    """The bytes that the envelope's MAC covers; on the wire the MAC follows them."""
    return (
        message(ENVELOPE_DOMAIN)
        + hashlib.sha256(header).digest()
        + text(content_key_id)
        + content_mac
        + i64(attempt)
        + i64(sent_at_ms)
        + text(key_id)
        + struct.pack(">H", len(attached))
        + b"".join(attached)
    )


def seal_mac(key, nonce, counter, payload):
    head = message(SEAL_DOMAIN) + struct.pack(">H", len(nonce)) + nonce + i64(counter)
    return hmac_sha256(key, head + payload)


# --- Protocol Buffers, as much as is needed ----------------------------------------------------


def varint(value):
    value &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, value):
    """A field of type int, float or bytes; zero and empty are left out, as proto3 does."""
    if isinstance(value, float):
        return varint(number << 3 | 1) + struct.pack("<d", value)
    if isinstance(value, int):
        return varint(number << 3) + varint(value) if value else b""
    return varint(number << 3 | 2) + varint(len(value)) + value if value else b""


def fields(data):
    """The fields of a message as {number: last value}."""
    found = {}
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        tag = number()
        kind = tag & 7
        if kind == 0:
            value = number()
        elif kind == 1:
            value = data[at : at + 8]
            at += 8
        elif kind == 2:
            length = number()
            value = data[at : at + length]
            at += length
        else:
            raise ValueError("field of type %d" % kind)
        found[tag >> 3] = value
    return found


def gauge(name, labels, value, time_ms, unit):
    # A map entry is a message of key = 1 and value = 2.
    entries = b"".join(
        field(2, field(1, key.encode()) + field(2, labels[key].encode())) for key in sorted(labels)
    )
    return (
        field(1, name.encode())
        + entries
        + field(3, GAUGE)
        + field(4, float(value))
        + field(7, time_ms)
        + field(8, unit.encode())
    )


def batch_body(agent_id, batch_id, sample_from, sample_to, created_ms, metrics, blocks=()):
    return (
        field(1, agent_id.encode())
        + field(2, batch_id.encode())
        + field(3, sample_from)
        + field(4, sample_to)
        + field(5, created_ms)
        + b"".join(field(6, metric) for metric in metrics)
        + b"".join(field(8, block) for block in blocks)
    )


# --- Series sets and blocks --------------------------------------------------------------------


def utf16(value):
    """What texts are sorted by and counted in: UTF-16 code units."""
    return value.encode("utf-16-be")


def series_set(series):
    """The bytes of a set of (name, type, unit, labels); their SHA-256 is its name."""
    out = message(SET_DOMAIN) + struct.pack(">H", len(series))
    for name, kind, unit, labels in series:
        out += text(name) + bytes([kind]) + text(unit) + struct.pack(">H", len(labels))
        for key in sorted(labels, key=utf16):
            out += text(key) + text(labels[key])
    return out


def zigzag(value):
    return varint(value << 1 ^ value >> 63)


def packed(bits):
    """A text of 0 and 1 as bytes, the last one filled up with 0."""
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def wrapped(value):
    """Differences of times wrap around at 64 bits."""
    return (value + 2**63) % 2**64 - 2**63


def block_times(times):
    out = zigzag(times[0])
    steps = [wrapped(after - before) for before, after in zip(times, times[1:])]
    if steps:
        out += zigzag(steps[0])
    if len(steps) > 1:
        changes = (wrapped(after - before) for before, after in zip(steps, steps[1:]))
        # The widest width there is: room for any change, whatever the times are.
        bits = "".join("{:064b}".format((n << 1 ^ n >> 63) & 0xFFFFFFFFFFFFFFFF) for n in changes)
        out += bytes([64]) + packed(bits)
    return out


def xor_values(values):
    """Form 6 at its plainest: a repeated value is one bit, any other a new window of all 64 bits."""
    words = [struct.unpack(">Q", struct.pack(">d", value))[0] for value in values]
    bits = "{:064b}".format(words[0])
    for before, word in zip(words, words[1:]):
        bits += "0" if word == before else "11" + "000000" + "111111" + "{:064b}".format(word ^ before)
    return packed(bits)


def block(set_hash, times, columns):
    """Columns as bytes: one per series of the set, one value per time, None where there is none."""
    forms = ""
    data = b""
    for column in columns:
        there = [value for value in column if value is not None]
        if not there:
            forms += "0"
        elif len(there) == len(column):
            forms += "%x" % FORM_XOR
            data += xor_values(there)
        else:
            forms += "%x" % (FORM_XOR + BITMAP)
            bitmap = bytearray((len(column) + 7) // 8)
            for row, value in enumerate(column):
                if value is not None:
                    bitmap[row // 8] |= 1 << row % 8
            data += bytes(bitmap) + xor_values(there)
    return (
        bytes([BLOCK_VERSION])
        + set_hash
        + varint(len(times))
        + varint(len(columns))
        + block_times(times)
        + bytes.fromhex(forms + "0" * (len(forms) % 2))
        + data
    )


# --- The calls ---------------------------------------------------------------------------------


class Server:
    def __init__(self, address):
        import grpc

        self.grpc = grpc
        self.address = address
        self.channel = grpc.insecure_channel(address)

    def call(self, method, request, metadata=()):
        stub = self.channel.unary_unary("/sentinel.common.AgentService/" + method)
        try:
            return stub(request, timeout=TIMEOUT_SECONDS, metadata=metadata)
        except self.grpc.RpcError as error:
            code = error.code()
            refused = (
                self.grpc.StatusCode.INVALID_ARGUMENT,
                self.grpc.StatusCode.PERMISSION_DENIED,
                self.grpc.StatusCode.RESOURCE_EXHAUSTED,
            )
            text = "%s: %s: %s" % (self.address, code.name, error.details())
            raise Failure(3 if code in refused else 1, text)


def register(server, token, hardware_id):
    request = field(1, hardware_id.encode()) + field(2, b"push_gauge.py/1") + field(3, token.encode())
    answer = fields(server.call("Register", request))
    return {
        "agent_id": answer[1].decode(),
        "key_id": answer[3].decode(),
        "secret": answer[2].decode(),
    }


class Push:
    """One signed batch: it can be sent as often as one likes."""

    def __init__(self, state, epoch, seq, content, offset_ms, sets=()):
        """`content` is where its samples begin in the running count, and what `gauge_content` gives."""
        self.key_id = state["key_id"]
        self.secret = base64.b64decode(state["secret"])
        self.sets = sets
        sample_from, samples, least_ms, greatest_ms, metrics, blocks = content
        now_ms = int(time.time() * 1000) + offset_ms
        self.body = batch_body(
            state["agent_id"],
            "%016x-%d" % (epoch, seq),
            sample_from,
            sample_from + samples,
            now_ms,
            metrics,
            blocks,
        )
        self.header = batch_header(
            state["agent_id"],
            epoch,
            seq,
            sample_from,
            sample_from + samples,
            least_ms,
            greatest_ms,
            offset_ms,
            self.body,
        )
        content_mac = hmac_sha256(derive(self.secret, "content"), self.header)
        attempt = secrets.randbits(64)
        hashes = [hashlib.sha256(one).digest() for one in sets]
        signed = envelope(self.header, self.key_id, content_mac, attempt, now_ms, self.key_id, hashes)
        self.envelope_mac = hmac_sha256(derive(self.secret, "envelope"), signed)
        self.envelope = signed + self.envelope_mac

    def tamper(self):
        self.body = self.body[:-1] + bytes([self.body[-1] ^ 1])

    def send(self, server):
        """The fields of the answer and what its seal proves, None when it has no seal."""
        metadata = [
            ("sentinel-header-bin", self.header),
            ("sentinel-envelope-bin", self.envelope),
        ]
        metadata += [("sentinel-set-bin", one) for one in self.sets]
        answer = fields(server.call("PushMetrics", self.body, metadata))
        return answer, self.open_seal(answer)

    def open_seal(self, answer):
        if 3 not in answer:
            return None
        sealed = fields(answer[3])
        payload = sealed.get(2, b"")
        key = derive(self.secret, "downlink")
        expected = seal_mac(key, self.envelope_mac, 0, payload)
        if sealed.get(1, 0) != 0 or not hmac.compare_digest(expected, sealed.get(3, b"")):
            raise Failure(4, "the seal on the answer does not hold: this is not our server")
        return fields(payload)


def describe(answer, verdict):
    """Prints an answer; returns the server's time when the clock is off, else None."""
    reason = answer.get(4, b"").decode()
    note = answer.get(2, b"").decode()
    if verdict is not None and 1 in verdict:
        receipt = fields(verdict[1])
        print(
            "accepted partition=%d lane=%s generation=%d sequence=%d"
            % (
                receipt.get(1, 0),
                LANE_WORDS.get(receipt.get(2, 0), "?"),
                receipt.get(3, 0),
                receipt.get(4, 0),
            )
        )
        return None
    if verdict is not None and 3 in verdict:
        return fields(verdict[3]).get(1, 0)
    if answer.get(1, 0) == 2:
        raise Failure(5, "not now: %s, again in %d ms" % (reason, answer.get(5, 0)))
    if answer.get(1, 0) == 1:
        raise Failure(3, "refused: %s (%s)" % (reason, note))
    raise Failure(4, "%s without a seal proves nothing" % STATUS_WORDS.get(answer.get(1, 0), "?"))


def gauge_push(state, options, offset_ms):
    """One batch of one plain metric."""
    now_ms = int(time.time() * 1000) + offset_ms
    metric = gauge(options.name, options.labels, options.values[0], now_ms, options.unit)
    # Without a log there is nothing to go on with: each start is an epoch of its own.
    epoch = secrets.randbits(64)
    yield Push(state, epoch, 1, (0, 1, now_ms, now_ms, [metric], []), offset_ms)


def column_pushes(state, options, offset_ms):
    """Two batches of columns: the first brings the set along, the second only names it."""
    now_ms = int(time.time() * 1000) + offset_ms
    columns = [options.values] + [values for _, values in options.also]
    names = [options.name] + [name for name, _ in options.also]
    definition = series_set([(name, GAUGE, options.unit, options.labels) for name in names])
    set_hash = hashlib.sha256(definition).digest()
    rows = len(options.values)
    times = [now_ms - 1000 * (rows - 1 - row) for row in range(rows)]
    epoch = secrets.randbits(64)
    sample_from = 0
    for seq, first, last in ((1, 0, rows - 1), (2, rows - 1, rows)):
        part = [column[first:last] for column in columns]
        samples = sum(value is not None for column in part for value in column)
        data = block(set_hash, times[first:last], part)
        content = (sample_from, samples, times[first], times[last - 1], [], [data])
        yield Push(state, epoch, seq, content, offset_ms, [definition] if seq == 1 else [])
        sample_from += samples


def push(server, state, options):
    pushes = column_pushes if options.columns else gauge_push
    server_ms = send_all(server, pushes(state, options, 0), options)
    if server_ms is not None:
        # The server proved that it knows the key, so its time may be believed: stamp by it.
        offset_ms = server_ms - int(time.time() * 1000)
        if send_all(server, pushes(state, options, offset_ms), options) is not None:
            raise Failure(3, "refused: skewed, even by the server's own time")


def send_all(server, pushes, options):
    """Sends batch after batch, each once the one before was accepted; the server's time when skewed."""
    for batch in pushes:
        if options.tamper:
            batch.tamper()
        server_ms = describe(*batch.send(server))
        if server_ms is not None:
            return server_ms
        if options.repeat:
            # The very same bytes and attempt: one effect, and the same answer.
            describe(*batch.send(server))
    return None


# --- State and command line --------------------------------------------------------------------


def load_state(path):
    try:
        with open(path, encoding="utf-8") as file:
            state = json.load(file)
        if len(base64.b64decode(state["secret"])) != 32 or not state["agent_id"] or not state["key_id"]:
            raise ValueError("incomplete")
        return state
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure(1, "%s is no state file of this program (%s); move it away" % (path, error))


def save_state(path, state):
    """Readable by its owner only, and there as a whole or not at all."""
    part = path + ".part"
    try:
        if os.path.exists(part):
            os.unlink(part)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(state, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise Failure(1, "cannot write %s: %s" % (path, error.strerror))


def join_token(options):
    if options.join_token_file:
        try:
            with open(options.join_token_file, encoding="utf-8") as file:
                return file.read().strip()
        except OSError as error:
            raise Failure(1, "cannot read %s: %s" % (options.join_token_file, error.strerror))
    token = os.environ.get("SENTINEL_JOIN_TOKEN", "").strip()
    if not token:
        raise Failure(2, "not enrolled yet: give --join-token-file or set SENTINEL_JOIN_TOKEN")
    return token


def hardware_id():
    try:
        with open("/etc/machine-id", encoding="ascii") as file:
            seed = file.read().strip()
    except OSError:
        seed = os.uname().nodename
    return "push-gauge-" + hashlib.sha256(seed.encode()).hexdigest()[:32]


def label(argument):
    key, equals, value = argument.partition("=")
    if not key or not equals:
        raise argparse.ArgumentTypeError("a label is KEY=VALUE, not %r" % argument)
    return key, value


def finite(argument):
    try:
        value = float(argument)
    except ValueError:
        raise argparse.ArgumentTypeError("%r is not a number" % argument)
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError("NaN and infinities would only be quarantined")
    return value


def also(argument):
    name, equals, values = argument.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError("another series is NAME=VALUE,VALUE,..., not %r" % argument)
    return name, [None if value == "-" else finite(value) for value in values.split(",")]


def text_problem(what, value, most):
    """What is wrong with a name, label or unit, by the limits of the protocol; None when nothing is."""
    try:
        units = len(utf16(value)) // 2
    except UnicodeEncodeError:
        return "%s %r is not text" % (what, value)
    if units > most or (not units and what in ("name", "label key")):
        return "%s %r has %d characters, not up to %d" % (what, value[:40], units, most)
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in value):
        return "%s %r has a control character" % (what, value)
    return None


def input_problem(options):
    """What no gateway would take, said before anything is sent."""
    if not options.columns and (len(options.values) > 1 or options.also):
        return "several values and --also are columns: give --columns"
    if options.columns and not 2 <= len(options.values) <= MAX_VALUES:
        return "--columns needs 2 to %d values, the last one for the second push" % MAX_VALUES
    for name, values in options.also:
        if len(values) != len(options.values):
            return "%s has %d values and %s %d" % (name, len(values), options.name, len(options.values))
    names = [options.name] + [name for name, _ in options.also]
    if len(set(names)) < len(names):
        return "one series is named twice"
    if len(options.labels) > 64:
        return "more than 64 labels"
    problems = [text_problem("name", name, 255) for name in names]
    problems.append(text_problem("unit", options.unit, 63))
    for key, value in options.labels.items():
        problems.append(text_problem("label key", key, 255))
        problems.append(text_problem("label value", value, 1024))
    return next((problem for problem in problems if problem), None)


def options_of(arguments):
    parser = argparse.ArgumentParser(
        description="Enrol with a join token and push a gauge, or columns of them, to a Sentinel gateway.",
        epilog="Exit codes: 0 accepted, 1 not reachable, 2 usage, 3 refused, 4 bad seal, 5 try later.",
    )
    parser.add_argument("name", nargs="?", help="name of the metric")
    parser.add_argument(
        "values", nargs="*", type=finite, metavar="value", help="its value; with --columns one per second"
    )
    parser.add_argument("--server", default="127.0.0.1:50051", help="host:port of the gateway")
    parser.add_argument("--join-token-file", metavar="FILE", help="or set SENTINEL_JOIN_TOKEN")
    parser.add_argument("--state", metavar="FILE", help="keeps the agent's id and key (mode 0600)")
    parser.add_argument("--unit", default="", help="UCUM, for instance By or s")
    parser.add_argument("--label", type=label, action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument(
        "--columns",
        action="store_true",
        help="push columns: all values but the last with the series set attached, then the last without",
    )
    parser.add_argument(
        "--also",
        type=also,
        action="append",
        default=[],
        metavar="NAME=VALUE,...",
        help="with --columns: another series of the set, - where it has no value",
    )
    parser.add_argument("--tamper", action="store_true", help="flip one bit of the body after signing")
    parser.add_argument("--repeat", action="store_true", help="send the very same push twice")
    parser.add_argument("--check-vectors", metavar="DIR", help="recompute the test vectors and stop")
    options = parser.parse_args(arguments)
    options.labels = dict(options.label)
    if options.check_vectors:
        return options
    if not options.values or not options.state:
        parser.error("give --state FILE, a name and a value")
    problem = input_problem(options)
    if problem:
        parser.error(problem)
    return options


def main(arguments):
    options = options_of(arguments)
    try:
        if options.check_vectors:
            # It imports this file by its name: let that be the module that already runs.
            sys.modules.setdefault("push_gauge", sys.modules[__name__])
            import check_vectors

            return check_vectors.check(options.check_vectors)
        state = load_state(options.state)
        server = None
        if state is None:
            token = join_token(options)
            server = connect(options)
            state = register(server, token, hardware_id())
            save_state(options.state, state)
            print("enrolled agent=%s key=%s" % (state["agent_id"], state["key_id"]))
        push(server or connect(options), state, options)
        return 0
    except Failure as failure:
        print("push_gauge: %s" % failure, file=sys.stderr)
        return failure.code


def connect(options):
    try:
        return Server(options.server)
    except ImportError:
        raise Failure(1, "no module grpc: install python3-grpcio and run this with /usr/bin/python3")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
