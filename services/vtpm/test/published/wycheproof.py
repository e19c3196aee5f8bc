# SPDX-License-Identifier: MIT
"""Wycheproof's files of vectors as vectors of published.c."""

import json
from pathlib import Path

from nist import CIPHERS, HASHES, OAEP, PKCS1, PSS, digest_of, even, rsa_selector

#: What makes a vector "acceptable" and is no matter of the facade's: libtpms says which hashes and moduli it takes.
POLICY = {"WeakHash", "SmallModulus", "SmallPublicKey"}
AES_BLOCK = 16


def tests(root, name, left):
    """Yield (group, test, whether it is valid) of a file; what may be either is left out."""
    for group in json.loads((Path(root) / f"{name}_test.json").read_text())["testGroups"]:
        for test in group["tests"]:
            if test["result"] == "acceptable" and not set(test["flags"]) <= POLICY:
                left.add("results Wycheproof leaves open")
            else:
                yield group, test, test["result"] != "invalid"


def rsa_verify(root, left):
    """PKCS #1 1.5 and PSS signatures."""
    sizes = [f"{bits}_sha{hash_}" for bits, hashes in ((2048, (256, 384, 512)), (3072, (256, 384, 512)), (4096, (384, 512)))
             for hash_ in hashes]
    names = [f"rsa_signature_{size}" for size in sizes] + ["rsa_signature", "rsa_sig_gen_misc", "rsa_pss_misc"]
    names += [f"rsa_pss_{kind}" for kind in ("2048_sha1_mgf1_20", "2048_sha256_mgf1_0", "2048_sha256_mgf1_32",
                                             "3072_sha256_mgf1_32", "4096_sha256_mgf1_32", "4096_sha512_mgf1_32")]
    for name in names:
        for group, test, valid in tests(root, name, left):
            digest = digest_of(group["sha"], test["msg"])
            if digest is None or group.get("mgfSha", group["sha"]) != group["sha"]:
                left.add("hashes libtpms does not have, or two of them in one signature")
                continue
            padding = PSS if "sLen" in group else PKCS1
            selector = rsa_selector(padding, group["sha"], group.get("sLen", 0))
            if len(selector) != 6:
                left.add("salts of more than 252 bytes")
                continue
            kind = "PSS" if padding == PSS else "PKCS1"
            yield (f"Wycheproof RSA {kind} verify", "RSA verify", "=01" if valid else "!01",
                   (group["n"], group["e"], "", selector, digest, test["sig"]))
            if name == "rsa_sig_gen_misc" and valid:
                yield ("Wycheproof RSA PKCS1 sign", "RSA sign", f"~{test['sig']}",
                       (group["n"], group["e"], group["d"], selector, digest))


def rsa_decrypt(root, left):
    """OAEP and PKCS #1 1.5, with labels."""
    names = [f"rsa_oaep_{bits}_sha{h}_mgf1sha{h}" for bits, hashes in ((2048, (1, 256, 384, 512)), (3072, (256, 512)))
             for h in hashes]
    names += ["rsa_oaep_misc", "rsa_pkcs1_2048", "rsa_pkcs1_3072"]
    for name in names:
        for group, test, valid in tests(root, name, left):
            oaep = "sha" in group
            sha = group["sha"] if oaep else "SHA-1"
            if oaep and (sha.replace("-", "") not in HASHES or group["mgfSha"] != sha):
                left.add("OAEP with two hashes, or one libtpms does not have")
                continue
            yield (f"Wycheproof RSA {'OAEP' if oaep else 'PKCS1 decrypt'}", "RSA decrypt", f"~{test['msg']}" if valid else "!",
                   (group["n"], group["e"], group["d"], rsa_selector(OAEP if oaep else PKCS1, sha) + "00", test["ct"],
                    test.get("label", "")))


def ecdsa(root, left, curves):
    """Signatures as r and s."""
    for curve, sha in ((256, 256), (256, 512), (384, 384), (384, 512), (521, 512)):
        for group, test, valid in tests(root, f"ecdsa_secp{curve}r1_sha{sha}_p1363", left):
            size = (curve + 7) // 8
            if len(test["sig"]) != 4 * size:
                left.add("signatures whose encoding is wrong: in a TPM r and s are apart")
                continue
            point = group["key"]["uncompressed"][2:]
            parts = (point[:2 * size], point[2 * size:], test["sig"][:2 * size], test["sig"][2 * size:])
            yield ("Wycheproof ECDSA", "ECDSA verify", "=01" if valid else "!01",
                   (*curves[f"P-{curve}"], "".join(f"{len(p) // 2:04x}{p}" for p in parts), digest_of(group["sha"], test["msg"])))


def ecdh(root, left, curves):
    """ECDH with points that are good, on another curve, or no points."""
    for curve in (224, 256, 384, 521):
        size = (curve + 7) // 8
        for _, test, valid in tests(root, f"ecdh_secp{curve}r1_ecpoint", left):
            public = test["public"]
            if not public.startswith("04") or len(public) != 2 + 4 * size:
                left.add("points whose encoding is wrong: in a TPM x and y are apart")
                continue
            yield ("Wycheproof ECDH", "ECDH", f"={test['shared']}" if valid else "!",
                   (*curves[f"P-{curve}"], even(test["private"]), public[2:2 + 2 * size], public[2 + 2 * size:]))


def aes(root, left):
    """AES in CBC; its padding is put on here, since the facade has none."""
    for group, test, valid in tests(root, "aes_cbc_pkcs5", left):
        if not valid:
            left.add("paddings of AES in CBC, which the facade does not have")
            continue
        fill = AES_BLOCK - len(test["msg"]) // 2 % AES_BLOCK
        yield ("Wycheproof AES CBC", "EVP cipher", f"^{test['ct']}",
               (f"{CIPHERS.index('AES' + str(group['keySize']) + 'CBC'):02x}01", test["key"], test["iv"],
                test["msg"] + f"{fill:02x}" * fill, "20"))


def vectors(root, left, curves):
    """All of them: (name, call, expectation, inputs)."""
    yield from rsa_verify(root, left)
    yield from rsa_decrypt(root, left)
    yield from ecdsa(root, left, curves)
    yield from ecdh(root, left, curves)
    yield from aes(root, left)
