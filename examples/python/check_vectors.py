"""Recomputes the test vectors of docs/vectors with nothing but the standard library.

A second reading of docs/PROTOCOL.md, to hold against the server's own: `push_gauge.py
--check-vectors docs/vectors`.
"""

import hashlib
import os
import struct
import sys

import push_gauge as wire

PURPOSES = ("content", "envelope", "uplink", "downlink", "frame")


def load(directory, name):
    """Lines of `name = value`; bytes are hexadecimal."""
    found = {}
    with open(os.path.join(directory, name), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                key, _, value = line.partition("=")
                found[key.strip()] = value.strip()
    return found


class Checker:
    def __init__(self):
        self.checked = 0
        self.wrong = 0

    def same(self, name, expected, actual):
        self.checked += 1
        if expected != actual:
            self.wrong += 1
            print("%s: expected %s, computed %s" % (name, expected, actual), file=sys.stderr)


def check_signing(v, same):
    secret = bytes.fromhex(v["secret"])
    keys = {purpose: wire.derive(secret, purpose) for purpose in PURPOSES}
    for purpose in PURPOSES:
        same("key_" + purpose, v["key_" + purpose], keys[purpose].hex())
    metric = wire.gauge(
        v["metric_name"],
        {v["label_key"]: v["label_value"]},
        float(v["metric_value"]),
        int(v["time_ms"]),
        v["metric_unit"],
    )
    body = wire.batch_body(
        v["agent_id"],
        v["batch_id"],
        int(v["sample_from"]),
        int(v["sample_to"]),
        int(v["created_at_ms"]),
        [metric],
    )
    same("body", v["body"], body.hex())
    header = wire.batch_header(
        v["agent_id"],
        int(v["epoch"], 16),
        int(v["seq"]),
        int(v["sample_from"]),
        int(v["sample_to"]),
        int(v["time_ms"]),
        int(v["time_ms"]),
        int(v["clock_offset_ms"]),
        body,
    )
    same("header", v["header"], header.hex())
    same("content_hash", v["content_hash"], hashlib.sha256(header).hexdigest())
    content_mac = wire.hmac_sha256(keys["content"], header)
    same("content_mac", v["content_mac"], content_mac.hex())
    envelope = wire.envelope(
        header,
        v["key_id"],
        content_mac,
        int(v["attempt"], 16),
        int(v["sent_at_ms"]),
        v["key_id"],
        [bytes.fromhex(v["attached"])],
    )
    same("envelope", v["envelope"], envelope.hex())
    envelope_mac = wire.hmac_sha256(keys["envelope"], envelope)
    same("envelope_mac", v["envelope_mac"], envelope_mac.hex())
    payload = bytes.fromhex(v["seal_payload"])
    seal = wire.seal_mac(keys["downlink"], envelope_mac, int(v["seal_counter"]), payload)
    same("seal_mac", v["seal_mac"], seal.hex())
    beat = (
        wire.message("sentinel/heartbeat")
        + wire.text(v["agent_id"])
        + wire.text(v["key_id"])
        + wire.i64(int(v["sent_at_ms"]))
    )
    same("heartbeat", v["heartbeat"], (beat + wire.hmac_sha256(keys["uplink"], beat)).hex())


def check_session(v, same):
    secret = bytes.fromhex(v["secret"])
    hello_nonce = bytes.fromhex(v["hello_nonce"])
    hello = (
        wire.message("sentinel/hello")
        + wire.text(v["agent_id"])
        + wire.text(v["key_id"])
        + wire.text(v["agent_version"])
        + struct.pack(">H", len(hello_nonce))
        + hello_nonce
        + wire.i64(int(v["sent_at_ms"]))
        + wire.i64(int(v["epoch"], 16))
        + wire.i64(int(v["next_seq"]))
    )
    hello_mac = wire.hmac_sha256(wire.derive(secret, "uplink"), hello)
    same("hello_mac", v["hello_mac"], hello_mac.hex())
    welcome_nonce = bytes.fromhex(v["welcome_nonce"])
    welcome = (
        wire.message("sentinel/welcome")
        + hello_mac
        + struct.pack(">H", len(welcome_nonce))
        + welcome_nonce
        + wire.i64(int(v["server_time_ms"]))
        + wire.i64(int(v["max_batch_bytes"]))
        + wire.i64(int(v["heartbeat_ms"]))
    )
    same("welcome_mac", v["welcome_mac"], wire.hmac_sha256(wire.derive(secret, "downlink"), welcome).hex())
    nonce = hello_nonce + welcome_nonce
    for direction in ("uplink", "downlink"):
        key = wire.derive(secret, direction)
        for counter in (0, 1):
            name = "%s_seal_%d" % (direction, counter)
            payload = bytes.fromhex(v["payload"])
            same(name, v[name], wire.seal_mac(key, nonce, counter, payload).hex())


def check_series_set(v, same):
    out = wire.message("sentinel/series-set") + struct.pack(">H", int(v["series"]))
    for i in range(int(v["series"])):
        labels = dict(pair.split("=") for pair in v["series.%d.labels" % i].split(",") if pair)
        out += wire.text(v["series.%d.name" % i]) + bytes([int(v["series.%d.type" % i])])
        out += wire.text(v["series.%d.unit" % i]) + struct.pack(">H", len(labels))
        for key in sorted(labels):
            out += wire.text(key) + wire.text(labels[key])
    same("set bytes", v["bytes"], out.hex())
    same("set hash", v["hash"], hashlib.sha256(out).hexdigest())


def check_loss(v, same):
    entries = [entry.split(" ") for entry in v["entries"].split(", ")]
    out = wire.message("sentinel/loss") + struct.pack(">H", len(entries))
    reasons = {"corrupt": 1, "dropped": 2, "refused": 3, "torn": 4}
    for first, last, samples, reason in entries:
        out += wire.i64(int(first)) + wire.i64(int(last)) + wire.i64(int(samples))
        out += bytes([reasons[reason]])
    same("loss record", v["bytes"], out.hex())


def check_fork(v, same):
    out = wire.message("sentinel/moved") + bytes.fromhex(v["moved_epoch"])
    out += wire.i64(int(v["moved_last_seq"])) + wire.i64(int(v["moved_samples"]))
    ranges = [entry.split(" ") for entry in v["moved_ranges"].split(", ")]
    out += struct.pack(">H", len(ranges))
    for numbers in ranges:
        out += b"".join(wire.i64(int(number)) for number in numbers)
    lost = [entry.split(" ") for entry in v["moved_lost"].split(", ")]
    reasons = {"corrupt": 1, "dropped": 2, "refused": 3, "torn": 4}
    out += struct.pack(">H", len(lost))
    for first, last, samples, reason in lost:
        out += wire.i64(int(first)) + wire.i64(int(last)) + wire.i64(int(samples))
        out += bytes([reasons[reason]])
    same("moved record", v["moved"], out.hex())


class BlockReader:
    """Reads a block: section "Blocks" of the protocol."""

    def __init__(self, data):
        self.data = data
        self.at = 0
        self.exponent = 12
        self.scale = 2
        self.denominators = {}

    def raw(self, length):
        self.at += length
        return self.data[self.at - length : self.at]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.raw(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def zigzag(self):
        return self.unzigzag(self.varint())

    @staticmethod
    def unzigzag(word):
        return (word >> 1) ^ -(word & 1)

    def packed(self, count, width):
        """Zigzag'd numbers of some bits each; the last byte is filled up."""
        length = (count * width + 7) // 8
        stream = "".join("{:08b}".format(byte) for byte in self.raw(length))
        return [self.unzigzag(int(stream[i * width : (i + 1) * width] or "0", 2)) for i in range(count)]

    def read(self):
        assert self.raw(1) == b"\x02"
        set_hash = self.raw(32)
        rows = self.varint()
        series = self.varint()
        times = self.times(rows)
        forms = "".join("%02x" % byte for byte in self.raw((series + 1) // 2))
        columns = [self.column(int(forms[i], 16), rows) for i in range(series)]
        assert self.at == len(self.data), "bytes left over"
        return set_hash, times, columns

    def times(self, rows):
        times = [self.zigzag()]
        difference = self.zigzag() if rows > 1 else 0
        changes = [0] if rows > 1 else []
        if rows > 2:
            changes += self.packed(rows - 2, self.raw(1)[0])
        for change in changes:
            difference += change
            times.append((times[-1] + difference + 2**63) % 2**64 - 2**63)
        return times

    def column(self, form, rows):
        """The IEEE bits of each row as hexadecimal digits, "-" where there is nothing."""
        if form == 0:
            return ["-"] * rows
        if form == 8:
            return ["0" * 16] * rows
        there = range(rows)
        if form > 8:
            bitmap = self.raw((rows + 7) // 8)
            there = [row for row in range(rows) if bitmap[row // 8] >> row % 8 & 1]
        column = ["-"] * rows
        for row, bits in zip(there, self.values(form % 8, there)):
            column[row] = "%016x" % bits
        return column

    def values(self, form, there):
        count = len(there)
        if form == 6:
            return self.xor(count)
        if form == 7:
            unit = self.raw(1)[0]
            form = 3 if unit < 10 else 2
            if form == 3:
                self.scale = unit
            else:
                self.exponent = unit - 128
        if form == 5:
            self.denominators = dict(zip(there, self.wholes(count)))
        wholes = self.wholes(count)
        if form == 1:
            values = map(float, wholes)
        elif form == 2:
            values = [whole * 2.0**self.exponent for whole in wholes]
        elif form == 3:
            values = [float(whole) / 10.0**self.scale for whole in wholes]
        else:
            values = [float(n) / float(self.denominators[row]) for n, row in zip(wholes, there)]
        return [struct.unpack(">Q", struct.pack(">d", value))[0] for value in values]

    def wholes(self, count):
        wholes = [self.zigzag()]
        if count > 1:
            width = self.raw(1)[0]
            loose = width == 255
            rest = range(count - 1)
            steps = [self.zigzag() for _ in rest] if loose else self.packed(count - 1, width)
            for step in steps:
                wholes.append(wholes[-1] + step)
        return wholes

    def xor(self, count):
        stream = "".join("{:08b}".format(byte) for byte in self.data[self.at :])
        at = 0

        def bits(length):
            nonlocal at
            at += length
            return int(stream[at - length : at], 2)

        values = [bits(64)]
        length = leading = 0
        for _ in range(count - 1):
            xor = 0
            if bits(1):
                if bits(1):
                    leading = bits(6)
                    length = bits(6) + 1
                xor = bits(length) << (64 - leading - length)
            values.append(values[-1] ^ xor)
        self.at += (at + 7) // 8
        return values


def check_block(v, same):
    for name in sorted(key[:-6] for key in v if key.endswith(".bytes")):
        set_hash, times, columns = BlockReader(bytes.fromhex(v[name + ".bytes"])).read()
        same(name + ".set", v[name + ".set"], set_hash.hex())
        same(name + ".times", v[name + ".times"], " ".join(map(str, times)))
        same(name + ".series", v[name + ".series"], str(len(columns)))
        for i, column in enumerate(columns):
            same("%s.column.%d" % (name, i), v["%s.column.%d" % (name, i)], " ".join(column))


FILES = {
    "signing.properties": check_signing,
    "session.properties": check_session,
    "series-set.properties": check_series_set,
    "loss.properties": check_loss,
    "fork.properties": check_fork,
    "block.properties": check_block,
}


def check(directory):
    checker = Checker()
    for name, checks in FILES.items():
        try:
            checks(load(directory, name), checker.same)
        except OSError as error:
            raise wire.Failure(1, "cannot read %s: %s" % (error.filename, error.strerror))
        except (KeyError, ValueError, IndexError, AssertionError) as error:
            raise wire.Failure(3, "%s: %s: %s" % (name, type(error).__name__, error))
    if checker.wrong:
        raise wire.Failure(3, "%d of %d vectors differ" % (checker.wrong, checker.checked))
    print("%d vectors agree" % checker.checked)
    return 0
