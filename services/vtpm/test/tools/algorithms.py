# SPDX-License-Identifier: MIT
"""Each algorithm of the TPM by its own commands, checked by arithmetic of our own or by the host's openssl."""

import hashlib
import hmac
import secrets

import arithmetic as math
from client import (AES, CAMELLIA, CBC, CFB, CMAC, CTR, CURVES, DECRYPT, ECB, ECC, ECDAA, ECDH, ECDSA, ECMQV, ECSCHNORR, HASHES,
                    HMAC, KEYEDHASH, NONE, NULL, OAEP, OFB, RSAES, RSAPSS, RSASSA, SHA256, SIGN, SM2, SYMCIPHER, TDES, USER_AUTH, Client, Reader, Refused, point_bytes, sized, u16, u32)
from service import need

#: Errors: of a value, a curve, a point, a signature, a size; and failure, which is also libtpms's word for a wrong padding.
FAILURE = 0x101
VALUE, CURVE, POINT, SIGNATURE, SIZE = 0x84, 0xA6, 0xA7, 0x9B, 0x95
DIGEST = hashlib.sha256(b"to be signed").digest()


def curves(_, service):
    """Every curve: its numbers are the published ones, ECDH is ours, and what cannot be carried is refused."""
    with Client(service) as tpm:
        for number, name in CURVES.items():
            curve = math.Curve(name)
            told = tpm.run(0x178, (), u16(number))
            told.take(2 + 2 + 2)  # number, bits, the key derivation's algorithm
            while told.u16() != NONE:  # ... and its hash; then the scheme's
                pass
            values = [int.from_bytes(told.sized(), "big") for _ in range(6)]
            need(values == [curve.p, curve.a, curve.b, *curve.generator, curve.n], f"{name}: other numbers than published")
            key, public = tpm.ecc_key(number, attributes=DECRYPT)
            need(curve.has(public), f"{name}: the public key is not on the curve")
            mine = secrets.randbelow(curve.n - 1) + 1
            secret = tpm.run(0x154, (key,), point_bytes(curve.multiply(mine), curve.size), auths=(b"",)).point()
            need(secret == curve.multiply(mine, public), f"{name}: ECDH gives another secret")
            made = tpm.run(0x163, (key,))
            secret, ephemeral = made.point(), made.point()
            again = tpm.run(0x154, (key,), point_bytes(ephemeral, curve.size), auths=(b"",)).point()
            need(curve.has(ephemeral) and again == secret, f"{name}: the two sides of ECDH differ")
            x, y = curve.multiply(mine)
            for bad in ((x, (y + 1) % curve.p), (0, 0), (x, 0)):
                tpm.refused(POINT, 0x154, (key,), point_bytes(bad, curve.size), auths=(b"",))
            tpm.flush(key)
        for number in (0x11, 0x12, 0x21):  # BN-P638 has more bits than mbedTLS's fields; the others do not exist
            tpm.refused(CURVE, 0x178, (), u16(number))
            public = u16(ECC, SHA256) + u32(SIGN | USER_AUTH | 0x20) + sized(b"") + u16(NONE, NONE, number, NONE) + sized(b"") * 2
            tpm.refused(CURVE, 0x131, (NULL,), sized(sized(b"") * 2) + sized(public) + sized(b"") + u32(0), auths=(b"",))
            tpm.refused(CURVE, 0x18A, (), u16(ECC, NONE, NONE, number, NONE))


def signatures(_, service):
    """ECDSA, ECSchnorr and SM2 on every curve, with every hash: they hold by our own arithmetic, and damaged ones do not."""
    holds = {ECDSA: lambda c, q, d, r, s, h: math.ecdsa_holds(c, q, d, r, s), ECSCHNORR: math.schnorr_holds,
             SM2: lambda c, q, d, r, s, h: math.sm2_holds(c, q, d, r, s)}
    with Client(service) as tpm:
        for number, name in CURVES.items():
            curve = math.Curve(name)
            key, public = tpm.ecc_key(number)
            for scheme in (ECDSA, ECSCHNORR) + ((SM2,) if name.startswith("SM2") else ()):
                for hash_, hash_name in HASHES.items() if scheme == ECDSA else ((SHA256, "sha256"),):
                    digest = hashlib.new(hash_name, b"to be signed").digest()
                    signature = tpm.sign(key, digest, scheme, hash_)
                    r, s = (int.from_bytes(signature.sized(), "big") for _ in range(2))
                    need(holds[scheme](curve, public, digest, r, s, hash_name), f"{name}, {scheme:#x}, {hash_name}: a bad one")
                    size = max(curve.size, (curve.n.bit_length() + 7) // 8)
                    whole = [u16(scheme, hash_) + sized(r.to_bytes(size, "big")) + sized(v.to_bytes(size, "big"))
                             for v in (s, s ^ 1, 0, curve.n)]
                    tpm.verify(key, digest, whole[0])
                    for bad in whole[1:]:
                        tpm.refused(SIGNATURE, 0x177, (key,), sized(digest) + bad)
            tpm.flush(key)


def ecdaa(_, service):
    """ECDAA: a commitment and its signature hold by our own arithmetic, and serve once."""
    with Client(service) as tpm:
        for number in (0x3, 0x10, 0x4):
            curve = math.Curve(CURVES[number])
            key, public = tpm.ecc_key(number, ECDAA)
            # P1 is the generator; P2 is found as the TPM finds it: from H(s2), of which we choose one that is on the curve.
            basis = next((s2, y) for s2, y in ((bytes([i]), root(curve, hashed(curve, bytes([i])))) for i in range(1, 200)) if y)
            point = hashed(curve, basis[0]), basis[1]
            made = tpm.run(0x18B, (key,), point_bytes(curve.generator, curve.size) + sized(basis[0])
                           + sized(curve.bytes_of(basis[1])), auths=(b"",))
            k, l, e, count = made.point(), made.point(), made.point(), made.u16()
            need(curve.has(k) and curve.has(l) and curve.has(e), "a commitment is not on the curve")
            signature = tpm.sign(key, DIGEST, ECDAA, SHA256, count)
            nonce, s = signature.sized(), int.from_bytes(signature.sized(), "big")
            t = int.from_bytes(hashlib.sha256(nonce + DIGEST).digest(), "big") % curve.n
            need(curve.add(curve.multiply(s), curve.multiply(-t, public)) == e, "the signature does not fit the commitment")
            need(curve.add(curve.multiply(s, point), curve.multiply(-t, k)) == l, "the signature does not fit the basename")
            try:
                tpm.sign(key, DIGEST, ECDAA, SHA256, count)
                need(False, "a commitment served twice")
            except Refused as fault:
                need(fault.error == VALUE, f"{fault} for a commitment used up")
            tpm.flush(key)


def hashed(curve, data):
    """The x coordinate that a basename means."""
    return int.from_bytes(hashlib.sha256(data).digest(), "big") % curve.p


def root(curve, x):
    """A y coordinate for x, or None; for p = 3 mod 4."""
    square = (x * x * x + curve.a * x + curve.b) % curve.p
    y = pow(square, (curve.p + 1) // 4, curve.p)
    return y if y * y % curve.p == square else None


def two_phases(_, service):
    """ECDH in two phases beside ours, and the ephemeral key serves once; ECMQV fails as libtpms 0.9.2 fails, definitely."""
    with Client(service) as tpm:
        for number, scheme in ((0x3, ECDH), (0x5, ECDH), (0x3, ECMQV)):
            curve = math.Curve(CURVES[number])
            key, public = tpm.ecc_key(number, attributes=DECRYPT)
            made = tpm.run(0x18E, (), u16(number))
            ephemeral, count = made.point(), made.u16()
            static, short = (secrets.randbelow(curve.n - 1) + 1 for _ in range(2))
            inputs = (point_bytes(curve.multiply(static), curve.size) + point_bytes(curve.multiply(short), curve.size)
                      + u16(scheme, count))
            if scheme == ECMQV:  # libtpms divides by zero, with OpenSSL as well: the TPM has failed until power is cycled
                tpm.refused(FAILURE, 0x18D, (key,), inputs, auths=(b"",))
                tpm.refused(FAILURE, 0x17B, (), u16(8))
                need(service.signal(2) == 0 and service.signal(1) == 0, "power is not cycled")
                tpm.run(0x144, (), u16(0))
                continue
            got = tpm.run(0x18D, (key,), inputs, auths=(b"",))
            need(got.point() == curve.multiply(static, public), "another secret of the static keys")
            need(got.point() == curve.multiply(short, ephemeral), "another secret of the ephemeral keys")
            tpm.refused(VALUE, 0x18D, (key,), inputs, auths=(b"",))
            tpm.flush(key)


def rsa(_, service):
    """RSA of 2048 and 3072 bits: signatures of both schemes with every hash, OAEP with labels, PKCS #1 1.5, raw."""
    with Client(service) as tpm:
        for bits in (2048, 3072):
            key, n = tpm.rsa_key(bits)
            size = bits // 8
            need(n.bit_length() == bits, f"a modulus of {n.bit_length()} bits")
            for hash_, name in HASHES.items():
                digest = hashlib.new(name, b"to be signed").digest()
                for scheme, holds in ((RSASSA, math.pkcs1_holds), (RSAPSS, math.pss_holds)):
                    signature = tpm.sign(key, digest, scheme, hash_).sized()
                    need(holds(n, digest, signature, name), f"RSA-{bits}, {scheme:#x}, {name}: a bad signature")
                    tpm.verify(key, digest, u16(scheme, hash_) + sized(signature))
                    bad = signature[:-1] + bytes([signature[-1] ^ 1])
                    tpm.refused(SIGNATURE, 0x177, (key,), sized(digest) + u16(scheme, hash_) + sized(bad))
                secret, label = secrets.token_bytes(30), b"label\0"
                encrypted = math.oaep_encrypt(n, secret, label, name, secrets.token_bytes(len(digest)))
                scheme = u16(OAEP, hash_)
                need(decrypt(tpm, key, encrypted, scheme, label) == secret, f"OAEP with {name}: decrypted something else")
                again = tpm.run(0x174, (key,), sized(secret) + scheme + sized(label)).sized()
                need(decrypt(tpm, key, again, scheme, label) == secret, f"OAEP with {name}: decrypted something else")
                tpm.refused(FAILURE, 0x159, (key,), sized(again) + scheme + sized(b"other\0"), auths=(b"",))
            padded = b"\0\2" + bytes(range(1, 200)) + b"\0" + b"message"
            padded = padded[:2] + b"\x55" * (size - len(padded)) + padded[2:]
            plain = pow(int.from_bytes(padded, "big"), 65537, n).to_bytes(size, "big")
            need(decrypt(tpm, key, plain, u16(RSAES), b"") == b"message", "PKCS #1 1.5: decrypted something else")
            need(decrypt(tpm, key, plain, u16(NONE), b"") == padded, "raw RSA: decrypted something else")
            tpm.refused(SIZE, 0x159, (key,), sized(plain + b"x") + u16(NONE) + sized(b""), auths=(b"",))
            tpm.flush(key)


def decrypt(tpm, key, encrypted, scheme, label):
    """TPM2_RSA_Decrypt."""
    return tpm.run(0x159, (key,), sized(encrypted) + scheme + sized(label), auths=(b"",)).sized()


def sensitive(kind, key, seed=b""):
    """The sensitive area of a key that is not a TPM's."""
    return u16(kind) + sized(b"") + sized(seed) + sized(key)


def symmetric(t, service):
    """AES, Camellia and triple DES in every mode beside openssl's, both directions, in two pieces."""
    modes = {CTR: "ctr", OFB: "ofb", CBC: "cbc", CFB: "cfb", ECB: "ecb"}
    kinds = [(AES, bits, f"aes-{bits}") for bits in (128, 256)]
    kinds += [(CAMELLIA, bits, f"camellia-{bits}") for bits in (128, 256)] + [(TDES, 192, "des-ede3")]
    data = secrets.token_bytes(96)
    t.write("data", data)
    with Client(service) as tpm:
        for algorithm in (AES, CAMELLIA):  # libtpms has keys of 192 bits switched off
            tpm.refused(VALUE, 0x18A, (), u16(SYMCIPHER, algorithm, 192, CFB))
        for algorithm, bits, name in kinds:
            key = odd_parity(secrets.token_bytes(bits // 8)) if algorithm == TDES else secrets.token_bytes(bits // 8)
            seed = secrets.token_bytes(32)
            public = (u16(SYMCIPHER, SHA256) + u32(SIGN | DECRYPT | USER_AUTH) + sized(b"") + u16(algorithm, bits, NONE)
                      + sized(hashlib.sha256(seed + key).digest()))
            handle = tpm.load_external(public, sensitive(SYMCIPHER, key, seed))
            for mode, mode_name in modes.items():
                if algorithm == TDES and mode == CTR:
                    continue  # openssl has none to compare with
                vector = secrets.token_bytes(8 if algorithm == TDES else 16) if mode != ECB else b""
                options = f"-K {key.hex()} -nopad -in data -out expected" + (f" -iv {vector.hex()}" if vector else "")
                t.host(f"openssl enc -{name}-{mode_name} {options}")
                got, chain = b"", vector
                for piece in (data[:32], data[32:]):
                    made = tpm.run(0x193, (handle,), sized(piece) + b"\0" + u16(mode) + sized(chain), auths=(b"",))
                    got, chain = got + made.sized(), made.sized()
                need(got == t.read("expected"), f"{name} in {mode_name} is not openssl's")
                back = tpm.run(0x164, (handle,), b"\1" + u16(mode) + sized(vector) + sized(got), auths=(b"",)).sized()
                need(back == data, f"{name} in {mode_name}: decrypted something else")
            tpm.flush(handle)


def odd_parity(key):
    """A DES key's bytes with odd parity."""
    return bytes(byte & 0xFE | (bin(byte >> 1).count("1") + 1) % 2 for byte in key)


def macs(t, service):
    """HMAC with every hash beside Python's, CMAC beside openssl's, whole and in pieces."""
    with Client(service) as tpm:
        for hash_, name in HASHES.items():
            for size in (1, 20, 63, 64):
                key, seed, data = (secrets.token_bytes(n) for n in (size, 32, 300))
                public = (u16(KEYEDHASH, SHA256) + u32(SIGN | USER_AUTH) + sized(b"") + u16(HMAC, hash_)
                          + sized(hashlib.sha256(seed + key).digest()))
                handle = tpm.load_external(public, sensitive(KEYEDHASH, key, seed))
                expected = hmac.new(key, data, name).digest()
                need(tpm.run(0x155, (handle,), sized(data) + u16(hash_), auths=(b"",)).sized() == expected, f"another HMAC, {name}")
                sequence = tpm.run(0x15B, (handle,), sized(b"") + u16(hash_), auths=(b"",), out_handle=True).handle
                tpm.run(0x15C, (sequence,), sized(data[:100]), auths=(b"",))
                got = tpm.run(0x13E, (sequence,), sized(data[100:]) + u32(NULL), auths=(b"",)).sized()
                need(got == expected, f"another HMAC in pieces, {name}")
                tpm.flush(handle)
        for bits in (128, 256):
            key, seed, data = (secrets.token_bytes(n) for n in (bits // 8, 32, 77))
            public = (u16(SYMCIPHER, SHA256) + u32(SIGN | USER_AUTH) + sized(b"") + u16(AES, bits, CMAC)
                      + sized(hashlib.sha256(seed + key).digest()))
            handle = tpm.load_external(public, sensitive(SYMCIPHER, key, seed))
            t.write("data", data)
            expected = t.host(f"openssl mac -macopt cipher:AES-{bits}-CBC -macopt hexkey:{key.hex()} -in data CMAC")
            got = tpm.run(0x155, (handle,), sized(data) + u16(CMAC), auths=(b"",)).sized()
            need(got.hex().upper() == expected.decode().strip(), f"another CMAC, {bits} bits")
            tpm.flush(handle)


class Session:
    """A salted HMAC session whose keys are worked out here: ECDH, KDFe and KDFa are the TPM's."""

    def __init__(self, tpm, key, public, hash_, symmetric_):
        curve, self.hash, self.hash_id = math.Curve("P-256"), HASHES[hash_], hash_
        mine = secrets.randbelow(curve.n - 1) + 1
        x, y = curve.multiply(mine)
        secret = curve.bytes_of(curve.multiply(mine, public)[0])
        # The salt's hash is the key's name algorithm.
        salt = math.kdfe("sha256", secret, b"SECRET", curve.bytes_of(x), curve.bytes_of(public[0]), 256)
        self.ours = secrets.token_bytes(16)
        inner = sized(curve.bytes_of(x)) + sized(curve.bytes_of(y))
        made = tpm.run(0x176, (key, NULL), sized(self.ours) + sized(inner) + b"\0" + symmetric_ + u16(hash_), out_handle=True)
        self.handle, self.theirs = made.handle, made.sized()
        self.key = math.kdfa(self.hash, salt, b"ATH", self.theirs, self.ours, 8 * hashlib.new(self.hash).digest_size)

    def hmac(self, parts, newer, older, attributes):
        """The HMAC of a command's or response's digest."""
        digest = hashlib.new(self.hash, parts).digest()
        return hmac.new(self.key, digest + newer + older + bytes([attributes]), self.hash).digest()

    def digest(self, tpm, data):
        """TPM2_Hash (SHA-256) through this session; the first parameter of the response as it comes, encrypted."""
        attributes = 0x41  # the session goes on; the response's first parameter is encrypted
        self.ours = secrets.token_bytes(16)
        code, parameters = u32(0x17D), sized(data) + u16(SHA256) + u32(NULL)
        area = (u32(self.handle) + sized(self.ours) + bytes([attributes])
                + sized(self.hmac(code + parameters, self.ours, self.theirs, attributes)))
        made = tpm.run(0x17D, (), parameters, auths=(area,))
        session = Reader(made.sessions)
        self.theirs, attributes, tag = session.sized(), session.take(1)[0], session.sized()
        need(tag == self.hmac(u32(0) + code + made.data, self.theirs, self.ours, attributes), "the response's HMAC is wrong")
        return made.sized()

    def mask(self, label, bits):
        """What KDFa gives for the last response."""
        return math.kdfa(self.hash, self.key, label, self.theirs, self.ours, bits)


def derivations(t, service):
    """Keys the TPM derives are those worked out here: salted sessions with every hash, XOR and AES over their parameters."""
    with Client(service) as tpm:
        public = (u16(ECC, SHA256) + u32(0x30000 | USER_AUTH | 0x32) + sized(b"") + u16(AES, 128, CFB, NONE, 0x3, NONE)
                  + sized(b"") * 2)
        key, made = tpm.create_primary(public)
        made.data = made.data[len(public) - 4:]
        point = tuple(int.from_bytes(made.sized(), "big") for _ in range(2))
        for hash_ in HASHES:
            session = Session(tpm, key, point, hash_, u16(0xA, hash_))
            hidden = session.digest(tpm, b"to be hashed")
            shown = math.exclusive_or(hidden, session.mask(b"XOR", 8 * len(hidden)))
            need(shown == hashlib.sha256(b"to be hashed").digest() != hidden, "XOR hides something else")
            tpm.flush(session.handle)
            session = Session(tpm, key, point, hash_, u16(AES, 128, CFB))
            t.write("data", session.digest(tpm, b"to be hashed"))
            made = session.mask(b"CFB", 256)
            t.host(f"openssl enc -d -aes-128-cfb -K {made[:16].hex()} -iv {made[16:].hex()} -in data -out plain")
            need(t.read("plain") == hashlib.sha256(b"to be hashed").digest(), "AES hides something else")
            tpm.flush(session.handle)
        tpm.flush(key)


TESTS = (curves, signatures, ecdaa, two_phases, rsa, symmetric, macs, derivations)
