# SPDX-License-Identifier: MIT
"""The certificates that a TPM is made with: verified by openssl, for the keys that tpm2-tools make from the templates."""

import hashlib

from service import need

#: Index of the certificate; the template of tpm2_createek; what the key is for.
KEYS = ((0x01C00002, "rsa", "Key Encipherment"), (0x01C0000A, "ecc", "Key Agreement"), (0x01C00016, "ecc384", "Key Agreement"))
PLATFORM, AUTHORITY = 0x01C08000, 0x01C00100
#: swtpm_setup's, with the bits for: written, and locked against writing.
ATTRIBUTES = b"ppwrite|writelocked|writedefine|ppread|ownerread|authread|no_da|written|platformcreate"


def read(t, index):
    """A certificate from its index as PEM; the file's name."""
    t.run(f"nvread -C o -o {index:x}.der {index:#x}")
    t.host(f"openssl x509 -inform der -in {index:x}.der -out {index:x}.pem")
    return f"{index:x}.pem"


def public(t, words):
    """The key that a command of openssl's tells, in one form: DER."""
    t.write("public.pem", t.host(words))
    return t.host("openssl pkey -pubin -in public.pem -outform der")


def certificates(runner):
    """They are of the authority, of the keys, and of the form that TCG's profiles ask for."""
    service = runner.service("certificates")
    try:
        t = runner.tools(service, "certificates")
        t.run("startup -c")
        authority = read(t, AUTHORITY)
        digest = hashlib.sha256(t.read(f"{AUTHORITY:x}.der")).hexdigest()
        said = service.state.with_suffix(".log").read_text()
        need(f"vtpm: made a TPM; SHA-256 of its authority's certificate: {digest}\n" in said, "the authority is not told")
        t.host(f"openssl verify -CAfile {authority} {authority}")
        for index, template, use in KEYS:
            certificate = read(t, index)
            t.host(f"openssl verify -CAfile {authority} {certificate}")
            t.run(f"createek -c ek.ctx -G {template} -u ek.pem -f pem")
            need(public(t, f"openssl x509 -in {certificate} -noout -pubkey") == public(t, "openssl pkey -pubin -in ek.pem"),
                 f"{index:#x} is the certificate of another key")
            text = t.host(f"openssl x509 -in {certificate} -noout -text").decode()
            need(use in text and "2.23.133.8.1" in text and "2.23.133.2.1=id:49424D00" in text and
                 "2.23.133.2.3=id:20191023" in text, f"{index:#x}: {text}")
            need(ATTRIBUTES in t.run(f"nvreadpublic {index:#x}"), f"other attributes of {index:#x}")
        platform = read(t, PLATFORM)
        t.host(f"openssl verify -CAfile {authority} {platform}")
        need("2.23.133.8.2" in t.host(f"openssl x509 -in {platform} -noout -text").decode(), "no platform certificate")
        t.run("getekcertificate -o rsa.crt -o ecc.crt")
        need(t.read("rsa.crt") == t.read("1c00002.der") and t.read("ecc.crt") == t.read("1c0000a.der"),
             "tpm2_getekcertificate finds others")
        need({0x81010001, 0x81010002, 0x81010016} == {int(line[2:], 16) for line in t.run("getcap handles-persistent").decode().split("\n") if line},
             "other persistent handles")
        # They outlive the owner, and a certificate of another TPM is no certificate of this one.
        t.run("clear -c p")
        read(t, AUTHORITY)
        if runner.options.host:
            need((service.state / "authority.der").read_bytes() == t.read(f"{AUTHORITY:x}.der"), "another authority in the file")
            other = runner.service("certificates-other")
            try:
                s = runner.tools(other, "certificates-other")
                s.run("startup -c")
                t.write("other.pem", s.read(read(s, AUTHORITY)))
            finally:
                other.kill()
            t.host("openssl verify -CAfile other.pem 1c00002.pem", refused=True)
    finally:
        service.kill()


TESTS = (certificates,)
