# SPDX-License-Identifier: MIT
"""Elliptic curves, signatures and paddings in plain Python, slow and apart from everything under test."""

import hashlib
import hmac
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "published"))
from curves import CURVES  # pylint: disable=wrong-import-position


class Curve:
    """A curve by its name; points are pairs of numbers, None is the one at infinity."""

    def __init__(self, name):
        self.p, self.a, self.b, x, y, self.n = (int(value, 16) for value in CURVES[name])
        self.generator = (x, y)
        self.size = (self.p.bit_length() + 7) // 8

    def has(self, point):
        """Whether it is on the curve."""
        x, y = point
        return max(x, y) < self.p and (y * y - x * x * x - self.a * x - self.b) % self.p == 0

    def add(self, first, second):
        """The sum of two points."""
        if first is None or second is None:
            return first or second
        (x1, y1), (x2, y2) = first, second
        if x1 == x2 and (y1 + y2) % self.p == 0:
            return None
        slope = ((3 * x1 * x1 + self.a) * pow(2 * y1, -1, self.p) if first == second
                 else (y2 - y1) * pow(x2 - x1, -1, self.p)) % self.p
        x = (slope * slope - x1 - x2) % self.p
        return x, (slope * (x1 - x) - y1) % self.p

    def multiply(self, scalar, point=None):
        """scalar times the point, or the generator."""
        total, power = None, point or self.generator
        scalar %= self.n
        while scalar:
            total = self.add(total, power) if scalar & 1 else total
            power, scalar = self.add(power, power), scalar >> 1
        return total

    def number_of(self, digest):
        """A digest as ECDSA takes it."""
        return int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - self.n.bit_length())

    def bytes_of(self, number):
        """A number of the field's size."""
        return number.to_bytes(self.size, "big")


def ecdsa_holds(curve, public, digest, r, s):
    """Whether (r, s) is ECDSA's signature."""
    if not (0 < r < curve.n and 0 < s < curve.n):
        return False
    inverse = pow(s, -1, curve.n)
    sum_ = curve.add(curve.multiply(curve.number_of(digest) * inverse), curve.multiply(r * inverse, public))
    return sum_ is not None and sum_[0] % curve.n == r


def schnorr_holds(curve, public, digest, r, s, hash_):
    """Whether (r, s) is the TPM's ECSchnorr signature: r = H(x of s G - r Q, digest), cut to the order's bytes, mod n."""
    x = curve.add(curve.multiply(s), curve.multiply(-r, public))[0]
    hashed = hashlib.new(hash_, curve.bytes_of(x) + digest).digest()[:(curve.n.bit_length() + 7) // 8]
    return int.from_bytes(hashed, "big") % curve.n == r


def sm2_holds(curve, public, digest, r, s):
    """Whether (r, s) is SM2's signature of a digest."""
    t = (r + s) % curve.n
    x = curve.add(curve.multiply(s), curve.multiply(t, public))[0]
    return (int.from_bytes(digest, "big") + x) % curve.n == r


def mgf1(seed, size, hash_):
    """The mask of PKCS #1."""
    blocks = range((size + hashlib.new(hash_).digest_size - 1) // hashlib.new(hash_).digest_size)
    return b"".join(hashlib.new(hash_, seed + i.to_bytes(4, "big")).digest() for i in blocks)[:size]


def exclusive_or(first, second):
    """Bit by bit."""
    return bytes(a ^ b for a, b in zip(first, second, strict=True))


#: DER's heads of a digest, as RFC 8017 lists them.
DIGEST_INFO = {"sha1": "3021300906052b0e03021a05000414", "sha256": "3031300d060960864801650304020105000420",
               "sha384": "3041300d060960864801650304020205000430", "sha512": "3051300d060960864801650304020305000440"}


def pkcs1_holds(n, digest, signature, hash_):
    """Whether it is a signature of PKCS #1 1.5 for the exponent 65537."""
    size, info = (n.bit_length() + 7) // 8, bytes.fromhex(DIGEST_INFO[hash_]) + digest
    encoded = pow(int.from_bytes(signature, "big"), 65537, n).to_bytes(size, "big")
    return encoded == b"\0\1" + b"\xff" * (size - len(info) - 3) + b"\0" + info


def pss_holds(n, digest, signature, hash_):
    """Whether it is a PSS signature with a salt of any length."""
    bits = n.bit_length() - 1
    size, digest_size = (bits + 7) // 8, len(digest)
    encoded = pow(int.from_bytes(signature, "big"), 65537, n).to_bytes(size, "big")
    masked, h = encoded[:-digest_size - 1], encoded[-digest_size - 1:-1]
    block = bytearray(exclusive_or(masked, mgf1(h, len(masked), hash_)))
    block[0] &= 0xFF >> (8 * size - bits)
    salt = bytes(block).lstrip(b"\0")
    return (encoded[-1] == 0xBC and salt[:1] == b"\1"
            and hashlib.new(hash_, bytes(8) + digest + salt[1:]).digest() == h)


def oaep_encrypt(n, message, label, hash_, seed):
    """OAEP for the exponent 65537."""
    size, digest = (n.bit_length() + 7) // 8, hashlib.new(hash_, label).digest()
    data = digest + bytes(size - len(message) - 2 * len(digest) - 2) + b"\1" + message
    data = exclusive_or(data, mgf1(seed, len(data), hash_))
    seed = exclusive_or(seed, mgf1(data, len(seed), hash_))
    return pow(int.from_bytes(b"\0" + seed + data, "big"), 65537, n).to_bytes(size, "big")


def kdfa(hash_, key, label, first, second, bits):
    """The TPM's key derivation by HMAC in counter mode (SP 800-108)."""
    rest, result = label + b"\0" + first + second + bits.to_bytes(4, "big"), b""
    for counter in range(1, 2 + bits // (8 * hashlib.new(hash_).digest_size)):
        result += hmac.new(key, counter.to_bytes(4, "big") + rest, hash_).digest()
    return result[:bits // 8]


def kdfe(hash_, secret, label, first, second, bits):
    """The TPM's key derivation from ECDH's secret (SP 800-56A); for at most one digest."""
    return hashlib.new(hash_, b"\0\0\0\1" + secret + label + b"\0" + first + second).digest()[:bits // 8]
