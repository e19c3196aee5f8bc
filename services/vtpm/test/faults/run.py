#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Give faults.c a call of each kind, with good inputs. Prints the line protocol of the tests."""

import sys
import subprocess
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "published"))
from curves import CURVES  # pylint: disable=wrong-import-position
from nist import CIPHERS, OAEP, PKCS1, PSS, even, rsa_selector  # pylint: disable=wrong-import-position

#: An RSA key of 1024 bits: two primes, and what follows from them.
P = int("df27b474402615f619baa4a49f0ac0170928ca2ceca468e9ce6ba18b8ad12fc9a0d4f2e345ffb65d9f9bc6d3adae2c57eafd"
        "6a994409a2329ef50006a43e3769", 16)
Q = int("ffb941d2b225999d15f5b42d2c57fad0d64b960d01374711cc63bbb911eeded90770623545be83c28f87425fb9c25afb6989"
        "b3ac88ec029f9873a6aa03d75a09", 16)
N, E = P * Q, 65537
D = pow(E, -1, (P - 1) * (Q - 1))


def digits(number):
    """Hexadecimal digits of whole bytes."""
    return even(f"{number:x}")


def calls():
    """(call, inputs) of each kind."""
    n, e, d, digest = digits(N), digits(E), digits(D), "5a" * 32
    curve, key = CURVES["P-256"], digits(D >> 700 & (1 << 255) - 1)
    x, y = curve[3], curve[4]
    yield "BN_mul", (n, d)
    yield "BN_div", (n, digits(P))
    yield "BN_mod_exp", (d, e, n)
    yield "BN_mod_inverse", (d, n)
    yield "BN_simple", (n, d)
    yield "ECDH", (*curve, key, x, y)
    yield "EC on curve", (*curve, x, y)
    yield "ECDSA sign", (*curve, key, digest)
    yield "base64", ("aGVsbG8gd29ybGQ=".encode().hex(),)
    yield "EVP cipher", (f"{CIPHERS.index('AES128CBC'):02x}01", digits(D >> 300)[:32], "22" * 16, "33" * 64, "10")
    yield "RSA encrypt", (n, e, "", rsa_selector(OAEP, "SHA256"), "44" * 20)
    yield "RSA sign", (n, e, d, rsa_selector(PSS, "SHA256", 32), digest)
    message = b"\0\2" + b"\x55" * 117 + b"\0" + b"message!"
    yield "RSA decrypt", (n, e, d, rsa_selector(PKCS1, "SHA1"), digits(pow(int.from_bytes(message, "big"), E, N)).rjust(256, "0"))
    info = bytes.fromhex("3031300d060960864801650304020105000420" + digest)
    padded = b"\0\1" + b"\xff" * (128 - len(info) - 3) + b"\0" + info
    signature = digits(pow(int.from_bytes(padded, "big"), D, N)).rjust(256, "0")
    yield "RSA verify", (n, e, "", rsa_selector(PKCS1, "SHA256"), digest, signature)
    yield "RSA generate", ("00" * 128,)


def main():
    program, library = sys.argv[1:]
    lines = "".join(f"{call}|{','.join(inputs)}\n" for call, inputs in calls())
    return subprocess.run([program, library], input=lines, text=True, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
