# SPDX-License-Identifier: MIT
"""NIST's files of vectors, and others in their form, as vectors of published.c."""

import hashlib
import re
from pathlib import Path

CURVES = ("P-192", "P-224", "P-256", "P-384", "P-521")
HASHES = {"SHA1": 0, "SHA256": 1, "SHA384": 2, "SHA512": 3}
#: The facade's ciphers in the order of the call "EVP cipher".
CIPHERS = [f"{name}{bits}{mode}" for name in ("AES", "Camellia") for bits in (128, 192, 256)
           for mode in ("CBC", "CFB", "CTR", "ECB", "OFB")] + ["3DES", "3DESCBC", "3DESCFB", "3DESECB", "3DESOFB"]
PKCS1, OAEP, PSS = 1, 4, 6


class Left(dict):
    """How many vectors were left out, by reason."""

    def add(self, why, count=1):
        """Count them."""
        self[why] = self.get(why, 0) + count


def records(path, last):
    """Yield the values so far at each line `NAME = value` with a name of last; "[" is the section's name."""
    values = {"[": ""}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            values["["] = line[1:-1]
        elif "=" in line and not line.startswith("#"):
            name, value = (part.strip() for part in line.split("=", 1))
            values[name] = value
            wanted = last(values) if callable(last) else last
            if name == wanted:
                yield dict(values)


def hashes(root, _):
    """SHA-1 and SHA-2: short and long messages."""
    for name in HASHES:
        folder = root / "hashes" / ("SHA1" if name == "SHA1" else "SHA2")
        for kind in ("ShortMsg", "LongMsg"):
            for r in records(folder / f"{name}{kind}.rsp", "MD"):
                message = r["Msg"] if r["Len"] != "0" else ""
                for cut in {0, len(message) // 3 % 65536}:
                    yield f"NIST {name}", name, f"={r['MD']}", (message, f"{cut:04x}")


def monte_carlo(root, _):
    """SHA-1 and SHA-2: the first steps of the Monte Carlo test, each a chain of 1,000 hashes (here the last of them)."""
    for name in HASHES:
        folder = root / "hashes" / ("SHA1" if name == "SHA1" else "SHA2")
        seed = None
        for r in records(folder / f"{name}Monte.rsp", "MD"):
            last = [bytes.fromhex(seed or r["Seed"])] * 3
            for _step in range(999):
                last = [*last[1:], hashlib.new(name.lower(), b"".join(last)).digest()]
            yield f"NIST {name} Monte Carlo", name, f"={r['MD']}", (b"".join(last).hex(), "0011")
            seed = r["MD"]


def direction_last(values):
    """The value that ends a record of a cipher."""
    return "PLAINTEXT" if values["["].startswith("DECRYPT") else "CIPHERTEXT"


def cipher_vector(label, cipher, r, key):
    """One of the facade's vectors, in the record's direction."""
    decrypt = r["["].startswith("DECRYPT")
    given, wanted = (r["CIPHERTEXT"], r["PLAINTEXT"]) if decrypt else (r["PLAINTEXT"], r["CIPHERTEXT"])
    selector = f"{CIPHERS.index(cipher):02x}{0 if decrypt else 1:02x}"
    return label, "EVP cipher", f"^{wanted}", (selector, key, r.get("IV", ""), given, "10")


def ciphers(root, left):
    """AES, Camellia and triple DES in the facade's modes, both directions."""
    for path in sorted((root / "ciphers" / "AES").glob("*/*")):
        mode = {"CFB": "CFB128"}.get(path.parent.name, path.parent.name)
        if path.parent.name not in ("CBC", "CFB", "CTR", "ECB", "OFB"):
            continue
        for r in records(path, direction_last):
            if path.parent.name == "CFB" and not path.name.startswith(mode):
                left.add("CFB with feedback of 1 or 8 bits")
                continue
            cipher = f"AES{len(r['KEY']) * 4}{path.parent.name}"
            yield cipher_vector(f"NIST AES {path.parent.name}", cipher, r, r["KEY"])
    for path in sorted((root / "ciphers" / "3DES").glob("*/*.rsp")):
        mode = path.parent.name
        plain = re.match(r"T(ECB|CBC|CFB64|OFB)(?!I)[a-zM]", path.name)
        for r in records(path, direction_last):
            if not plain:
                left.add("triple DES interleaved, or with feedback of 1 or 8 bits")
                continue
            key = r["KEYs"] * 3 if "KEYs" in r else r["KEY1"] + r["KEY2"] + r["KEY3"]
            yield cipher_vector(f"NIST 3DES {mode}", f"3DES{mode}", r, key)
    for path in sorted((root / "ciphers" / "Camellia").glob("camellia-c*.txt")) + [
            root / "ciphers" / "Camellia" / "camellia-ofb.txt"]:
        mode = path.stem.split("-")[1].upper()
        for r in records(path, direction_last):
            yield cipher_vector(f"Camellia {mode}", f"Camellia{len(r['KEY']) * 4}{mode}", r, r["KEY"])
    for bits in (128, 192, 256):
        yield from camellia_blocks(root / "ciphers" / "Camellia" / f"camellia-{bits}-ecb.txt")


def camellia_blocks(path):
    """NTT's blocks."""
    now = {}
    for line in path.read_text().splitlines():
        found = re.match(r"([KPC]) No\.\d+ : (.*)", line)
        if found:
            now[found[1]] = found[2].replace(" ", "")
        if found and found[1] == "C":
            yield "NTT Camellia block", "Camellia block", f"^{now['C']}", (now["K"], now["P"])
            yield "NTT Camellia block", "Camellia block", f"={now['P']}", (now["K"], now["C"])


def digest_of(name, message):
    """The digest of hexadecimal digits, or None if libtpms has no such hash."""
    name = name.replace("-", "")
    return hashlib.new(name.lower(), bytes.fromhex(message)).hexdigest() if name in HASHES else None


def rsa_selector(padding, name, salt=0):
    """Padding, digest, salt's length."""
    return f"{padding:02x}{HASHES[name.replace('-', '')]:02x}{salt + 3:02x}"


def rsa_signatures(root, left):
    """Signatures to verify, of both schemes, with damaged ones."""
    folder = root / "asymmetric" / "RSA" / "FIPS_186-2"
    for scheme, padding in (("15", PKCS1), ("PSS", PSS)):
        for r in records(folder / f"SigVer{scheme}_186-3.rsp", "Result"):
            digest = digest_of(r["SHAAlg"], r["Msg"])
            if digest is None:
                left.add("hashes libtpms does not have")
                continue
            # These files' salt of 10 bytes stands in their heads; a salt of 0 is written "00".
            salt = 0 if padding == PKCS1 or r["SaltVal"] == "00" else len(r["SaltVal"]) // 2
            yield (f"NIST RSA {scheme} verify", "RSA verify", "=01" if r["Result"].startswith("P") else "!01",
                   (r["n"], r["e"], "", rsa_selector(padding, r["SHAAlg"], salt), digest, r["S"]))
        for r in records(folder / f"SigGen{scheme}_186-3.rsp", "S"):
            digest = digest_of(r["SHAAlg"], r["Msg"])
            if digest is None:
                left.add("hashes libtpms does not have")
                continue
            yield (f"NIST RSA {scheme} verify", "RSA verify", "=01",
                   (r["n"], r["e"], "", rsa_selector(padding, r["SHAAlg"]), digest, r["S"]))


def rsa_fields(path):
    """Yield (title, hexadecimal digits) of RSA Laboratories' files; a title alone has no digits."""
    title, digits = "", ""
    for line in path.read_text(errors="replace").splitlines():
        if line.startswith("#"):
            yield title, digits
            title, digits = line.strip("# :").lower(), ""
        elif re.fullmatch(r"[0-9a-fA-F ]+", line.strip()):
            digits += "".join(line.split())
    yield title, digits


def rsa_examples(path):
    """Yield (n, e, d, message, result) of each example."""
    key, private, message = {}, False, ""
    for title, digits in rsa_fields(path):
        if title in ("public key", "private key"):
            private = title == "private key"
        elif title == "exponent":
            key["d" if private else "e"] = digits
        elif title == "modulus":
            key["n"] = digits
        elif title.startswith("message"):
            message = digits
        elif title in ("encryption", "signature"):
            yield key["n"], key["e"], key["d"], message, digits


def rsa_private(root, _):
    """Decryption and deterministic signatures with private keys."""
    folder = root / "asymmetric" / "RSA"
    for n, e, d, message, signature in rsa_examples(folder / "pkcs1v15sign-vectors.txt"):
        selector, digest = rsa_selector(PKCS1, "SHA1"), digest_of("SHA1", message)
        yield "RSA Labs PKCS1 sign", "RSA sign", f"~{signature}", (n, e, d, selector, digest)
        yield "RSA Labs PKCS1 verify", "RSA verify", "=01", (n, e, "", selector, digest, signature)
    files = [(folder / "pkcs1v15crypt-vectors.txt", "SHA1", PKCS1), (folder / "pkcs-1v2-1d2-vec" / "oaep-vect.txt", "SHA1", OAEP)]
    files += [(folder / "oaep-custom" / f"oaep-{name.lower()}-{name.lower()}.txt", name, OAEP)
              for name in ("SHA256", "SHA384", "SHA512")]
    for path, name, padding in files:
        label = "RSA Labs OAEP" if padding == OAEP else "RSA Labs PKCS1 decrypt"
        for n, e, d, message, encrypted in rsa_examples(path):
            yield label, "RSA decrypt", f"~{message}", (n, e, d, rsa_selector(padding, name) + "00", encrypted, "")


def elliptic(root, left, curves):
    """ECDSA signatures, public keys and ECDH, good and damaged."""
    folder = root / "asymmetric" / "ECDSA" / "FIPS_186-3"
    for file in ("SigVer.rsp", "SigGen.txt"):
        for r in records(folder / file, "Result" if file == "SigVer.rsp" else "S"):
            curve, name = (r["["].split(",") + [""])[:2]
            digest = digest_of(name, r["Msg"]) if curve in CURVES else None
            if digest is None:
                left.add("curves over binary fields" if curve not in CURVES else "hashes libtpms does not have")
                continue
            signature = "".join(f"{len(v) // 2:04x}{v}" for v in (even(r[k]) for k in ("Qx", "Qy", "R", "S")))
            good = r.get("Result", "P").startswith("P")
            yield "NIST ECDSA", "ECDSA verify", "=01" if good else "!01", (*curves[curve], signature, digest)
    for r in records(folder / "PKV.rsp", "Result"):
        if r["["] not in CURVES:
            left.add("curves over binary fields")
        elif "out of range" in r["Result"]:
            left.add("coordinates above the field's prime, which OpenSSL and the facade take modulo it")
        else:
            x, y = (even(r[k]) for k in ("Qx", "Qy"))
            good = r["Result"].startswith("P")
            yield "NIST ECC public keys", "EC on curve", f"={y.lstrip('0')}" if good else "0", (*curves[r["["]], x, y)
    for side in ("init", "resp"):
        path = root / "asymmetric" / "ECDH" / f"KASValidityTest_ECCStaticUnified_NOKC_ZZOnly_{side}.fax"
        for r in records(path, "Result"):
            curve = dict(zip(("EA", "EB", "EC", "ED", "EE"), CURVES))[r["["][:2]]
            if "IUT's Static public" in r["Result"]:
                left.add("faults of one's own public key, which ECDH does not use")
                continue
            x, y, z = (even(r[k]) for k in ("QsCAVSx", "QsCAVSy", "Z"))
            good = r["Result"].startswith("P")
            if "prikey validity" in r["Result"] or "private key d changed" in r["Result"]:
                left.add("faults of one's own private key")
                continue
            yield "NIST ECDH", "ECDH", ("=" if good else "!") + z, (*curves[curve], even(r["dsIUT"]), x, y)


def even(digits):
    """Digits of whole bytes."""
    return digits.rjust(len(digits) + len(digits) % 2, "0")


def vectors(root, left, curves):
    """All of them: (name, call, expectation, inputs)."""
    for part in (hashes, monte_carlo, ciphers, rsa_signatures, rsa_private):
        for vector in part(Path(root), left):
            yield vector
    yield from elliptic(Path(root), left, curves)
