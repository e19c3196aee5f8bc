# SPDX-License-Identifier: MIT
"""What is done with a TPM, by tpm2-tools, and checked on the host: by openssl, hashlib or the tools' own checks."""

import hashlib
import re
import struct

from service import need



def capabilities(t, _):
    """Self test and capabilities."""
    t.run("selftest --fulltest")
    algorithms = t.run("getcap algorithms").decode()
    for name in ("rsa", "sha1", "sha256", "sha384", "sha512", "aes", "ecdsa", "ecdh", "ecdaa", "ecschnorr", "oaep"):
        need(re.search(rf"^{name}:", algorithms, re.MULTILINE), f"no algorithm {name}")
    need(b"TPM2_PT_FAMILY_INDICATOR" in t.run("getcap properties-fixed"), "no family")
    need(b"0x3" in t.run("getcap ecc-curves"), "no P-256")


def random(t, _):
    """Random numbers differ."""
    seen = {t.run("getrandom --hex 32") for _ in range(8)}
    need(len(seen) == 8, "random numbers repeat")


def pcr(t, _):
    """PCRs are extended as the host works it out, and reset."""
    value = bytes(32)
    for i in range(3):
        digest = hashlib.sha256(bytes([i])).digest()
        t.run(f"pcrextend 16:sha256={digest.hex()}")
        value = hashlib.sha256(value + digest).digest()
    need(value.hex().upper().encode() in t.run("pcrread sha256:16"), "wrong value of PCR 16")
    t.run("pcrreset 16")
    need(b"0" * 64 in t.run("pcrread sha256:16"), "PCR 16 is not reset")
    t.write("event", b"measured")
    out = t.run("pcrevent event").decode()
    for name in ("sha1", "sha256", "sha384", "sha512"):
        need(hashlib.new(name, b"measured").hexdigest() in out, f"wrong {name}")


def quote(t, _):
    """A quote is verified by openssl and by the tools."""
    t.run("createprimary -C e -g sha256 -G rsa2048 -c primary.ctx")
    t.run("create -C primary.ctx -G rsa2048:rsassa:null -g sha256 -u k.pub -r k.priv "
          "-a fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign")
    t.run("load -C primary.ctx -u k.pub -r k.priv -c k.ctx")
    t.run("quote -c k.ctx -l sha256:0,1,16 -q 0badc0de -m quote.msg -s quote.sig -o quote.pcrs -g sha256")
    t.run("readpublic -c k.ctx -f pem -o k.pem")
    t.run("quote -c k.ctx -l sha256:0,1,16 -q 0badc0de -m plain.msg -s plain.sig -f plain -g sha256")
    t.host("openssl dgst -sha256 -verify k.pem -signature plain.sig plain.msg")
    t.host("openssl dgst -sha256 -verify k.pem -signature plain.sig quote.pcrs", refused=True)
    t.run("checkquote -u k.pem -m quote.msg -s quote.sig -f quote.pcrs -g sha256 -q 0badc0de")
    t.run("checkquote -u k.pem -m quote.msg -s quote.sig -f quote.pcrs -g sha256 -q 0badc0d0", refused=True)


def sign(t, _):
    """Keys of each kind are made, loaded, sign, and openssl verifies."""
    t.write("data", b"to be signed")
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx")
    for kind in ("rsa2048:rsassa", "rsa2048:rsapss:null", "rsa3072:rsassa", "ecc256:ecdsa", "ecc384:ecdsa", "ecc521:ecdsa"):
        scheme = kind.split(":")[1]
        t.run(f"create -C primary.ctx -G {kind} -u s.pub -r s.priv")
        t.run("load -C primary.ctx -u s.pub -r s.priv -c s.ctx")
        t.run(f"sign -c s.ctx -g sha256 -s {scheme} -f plain -o s.sig data")
        t.run("readpublic -c s.ctx -f pem -o s.pem")
        padding = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:-2" if scheme == "rsapss" else ""
        t.host(f"openssl dgst -sha256 -verify s.pem {padding} -signature s.sig data")
        t.run(f"sign -c s.ctx -g sha256 -s {scheme} -o s.tss data")
        t.run("verifysignature -c s.ctx -g sha256 -m data -s s.tss")
        t.write("other", b"to be signee")
        t.run("verifysignature -c s.ctx -g sha256 -m other -s s.tss", refused=True)


def schnorr(t, _):
    """ECSchnorr signs and the TPM itself verifies."""
    t.write("data", b"to be signed")
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx")
    t.run("create -C primary.ctx -G ecc256:ecschnorr -u s.pub -r s.priv")
    t.run("load -C primary.ctx -u s.pub -r s.priv -c s.ctx")
    t.run("sign -c s.ctx -g sha256 -s ecschnorr -o s.tss data")
    t.run("verifysignature -c s.ctx -g sha256 -m data -s s.tss")


def seal(t, _):
    """What is sealed to PCRs and a password opens only with them."""
    t.write("secret", b"a secret")
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx")
    t.run("pcrreset 16")
    t.run("createpolicy --policy-pcr -l sha256:16 -L pcr.policy")
    t.run("create -C primary.ctx -L pcr.policy -i secret -u s.pub -r s.priv")
    t.run("load -C primary.ctx -u s.pub -r s.priv -c s.ctx")
    need(t.run("unseal -c s.ctx -p pcr:sha256:16") == b"a secret", "unsealed something else")
    t.run(f"pcrextend 16:sha256={'11' * 32}")
    t.run("unseal -c s.ctx -p pcr:sha256:16", refused=True)
    t.run("pcrreset 16")
    t.run("create -C primary.ctx -p pass -i secret -u w.pub -r w.priv")
    t.run("load -C primary.ctx -u w.pub -r w.priv -c w.ctx")
    need(t.run("unseal -c w.ctx -p pass") == b"a secret", "unsealed something else")
    t.run("unseal -c w.ctx -p other", refused=True)


def nv(t, _):
    """NV: define, write, read, locks, counters."""
    t.write("value", b"0123456789")
    t.run("nvdefine -C o -s 10 -a ownerread|ownerwrite|read_stclear|write_stclear 0x1500001")
    t.run("nvread -C o 0x1500001", refused=True)
    t.run("nvwrite -C o -i value 0x1500001")
    need(t.run("nvread -C o 0x1500001") == b"0123456789", "read something else")
    t.run("nvwritelock -C o 0x1500001")
    t.run("nvwrite -C o -i value 0x1500001", refused=True)
    t.run("nvreadlock -C o 0x1500001")
    t.run("nvread -C o 0x1500001", refused=True)
    t.run("nvundefine -C o 0x1500001")
    t.run("nvdefine -C o -s 8 -a ownerread|ownerwrite|nt=counter 0x1500002")
    t.run("nvincrement -C o 0x1500002")
    (first,) = struct.unpack(">Q", t.run("nvread -C o 0x1500002"))
    t.run("nvincrement -C o 0x1500002")
    need(struct.unpack(">Q", t.run("nvread -C o 0x1500002")) == (first + 1,), "the counter counts wrong")
    t.run("nvundefine -C o 0x1500002")


def sessions(t, _):
    """A session whose parameters are encrypted."""
    t.write("secret", b"a secret")
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx")
    t.run("startauthsession -S s.ctx --hmac-session -c primary.ctx")
    t.run("sessionconfig s.ctx --enable-encrypt --enable-decrypt")
    t.run("create -C primary.ctx -p pass -i secret -u x.pub -r x.priv")
    t.run("load -C primary.ctx -u x.pub -r x.priv -c x.ctx")
    need(t.run("unseal -c x.ctx -p session:s.ctx+pass") == b"a secret", "unsealed something else")
    t.run("flushcontext s.ctx")


def encryption(t, _):
    """RSA encryption, AES in CFB beside openssl's, ECDH."""
    t.write("plain", b"sixteen bytes ab" * 3)
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx")
    for scheme in ("rsaes", "oaep"):
        t.run("create -C primary.ctx -G rsa2048 -u r.pub -r r.priv -a sensitivedataorigin|userwithauth|decrypt")
        t.run("load -C primary.ctx -u r.pub -r r.priv -c r.ctx")
        t.run("readpublic -c r.ctx -f pem -o r.pem")
        t.run(f"rsaencrypt -c r.ctx -s {scheme} -o r.enc plain")
        need(t.run(f"rsadecrypt -c r.ctx -s {scheme} r.enc") == t.read("plain"), "decrypted something else")
    t.host("openssl pkeyutl -encrypt -pubin -inkey r.pem -in plain -out r.enc")
    need(t.run("rsadecrypt -c r.ctx -s rsaes r.enc") == t.read("plain"), "decrypted something else")
    key = bytes(range(16))
    t.write("key", key)
    t.run("import -C primary.ctx -G aes -i key -u a.pub -r a.priv")
    t.run("load -C primary.ctx -u a.pub -r a.priv -c a.ctx")
    t.write("iv", bytes(range(16, 32)))
    t.run("encryptdecrypt -c a.ctx -t iv -o a.enc -G cfb plain")
    t.host(f"openssl enc -aes-128-cfb -K {key.hex()} -iv {bytes(range(16, 32)).hex()} -in plain -out b.enc")
    need(t.read("a.enc") == t.read("b.enc"), "AES is not openssl's")
    t.run("flushcontext -t")
    t.run("create -C primary.ctx -G ecc256:ecdh -u e.pub -r e.priv")
    t.run("load -C primary.ctx -u e.pub -r e.priv -c e.ctx")
    t.run("ecdhkeygen -u e.point -o e.secret -c e.ctx")
    t.run("ecdhzgen -u e.point -o e.other -c e.ctx")
    need(t.read("e.secret") == t.read("e.other"), "the two sides of ECDH differ")


def credential(t, _):
    """A credential is made outside and activated inside."""
    t.run("createek -c ek.ctx -G rsa -u ek.pub")
    t.run("createak -C ek.ctx -c ak.ctx -G ecc -g sha256 -s ecdsa -u ak.pub -n ak.name")
    t.write("secret", b"credential")
    t.run(f"makecredential -u ek.pub -s secret -n {t.read('ak.name').hex()} -o blob")
    t.run("flushcontext -t")
    t.run("startauthsession --policy-session -S s.ctx")
    t.run("policysecret -S s.ctx -c e")
    t.run("activatecredential -c ak.ctx -C ek.ctx -i blob -o got -P session:s.ctx")
    need(t.read("got") == b"credential", "another credential")
    t.run("flushcontext s.ctx")


def hashes(t, _):
    """Hashes and HMACs, also longer than a command."""
    t.write("long", bytes(range(256)) * 40)
    for name in ("sha1", "sha256", "sha384", "sha512"):
        got = t.run(f"hash -C o -g {name} --hex long").decode().strip()
        need(got == hashlib.new(name, t.read("long")).hexdigest(), f"wrong {name}")
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx")
    t.run("create -C primary.ctx -G hmac -u h.pub -r h.priv")
    t.run("load -C primary.ctx -u h.pub -r h.priv -c h.ctx")
    need(t.run("hmac -c h.ctx long") == t.run("hmac -c h.ctx long"), "HMACs differ")


def lockout(t, _):
    """Wrong passwords lock the TPM, the owner of the lockout opens it."""
    t.run("dictionarylockout -s -n 2 -t 1000 -l 1000")
    t.write("secret", b"x")
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx")
    t.run("create -C primary.ctx -p right -i secret -u l.pub -r l.priv")
    t.run("load -C primary.ctx -u l.pub -r l.priv -c l.ctx")
    for _ in range(3):
        t.run("unseal -c l.ctx -p wrong", refused=True)
    t.run("unseal -c l.ctx -p right", refused=True)
    t.run("dictionarylockout -c")
    need(t.run("unseal -c l.ctx -p right") == b"x", "unsealed something else")


def exhaustion(t, _):
    """Keys are loaded until there is no room; after flushing there is."""
    t.keep = True
    try:
        for _ in range(3):
            t.run("createprimary -C o -g sha256 -G ecc -c x.ctx")
        t.run("createprimary -C o -g sha256 -G ecc -c x.ctx", refused=True)
    finally:
        t.keep = False
    t.run("flushcontext -t")
    t.run("createprimary -C o -g sha256 -G ecc -c x.ctx")


def clear(t, _):
    """Clearing makes sealed data useless."""
    t.write("secret", b"x")
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx")
    t.run("create -C primary.ctx -i secret -u c.pub -r c.priv")
    t.run("clear -c p")
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx")
    t.run("load -C primary.ctx -u c.pub -r c.priv -c c.ctx", refused=True)


def duplicate(t, _):
    """A key goes from one parent to another, by the policy that allows it, and signs there."""
    t.write("data", b"to be signed")
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx")
    t.run("startauthsession -S p.ctx")
    t.run("policycommandcode -S p.ctx -L moves.policy TPM2_CC_Duplicate")
    t.run("flushcontext p.ctx")
    t.run("create -C primary.ctx -G ecc256:ecdsa -L moves.policy -a sensitivedataorigin|userwithauth|sign "
          "-u k.pub -r k.priv")
    t.run("load -C primary.ctx -u k.pub -r k.priv -c k.ctx")
    t.run("create -C primary.ctx -g sha256 -G rsa2048 -u n.pub -r n.priv "
          "-a fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|decrypt")
    t.run("load -C primary.ctx -u n.pub -r n.priv -c n.ctx")
    t.run("duplicate -C n.ctx -c k.ctx -G null -r d.priv -s d.seed", refused=True)
    t.run("startauthsession --policy-session -S s.ctx")
    t.run("policycommandcode -S s.ctx TPM2_CC_Duplicate")
    t.run("duplicate -C n.ctx -c k.ctx -G null -p session:s.ctx -r d.priv -s d.seed")
    t.run("flushcontext s.ctx")
    t.run("import -C n.ctx -u k.pub -i d.priv -r i.priv -s d.seed")
    t.run("load -C n.ctx -u k.pub -r i.priv -c i.ctx")
    t.run("sign -c i.ctx -g sha256 -s ecdsa -f plain -o d.sig data")
    t.run("readpublic -c k.ctx -f pem -o k.pem")
    t.host("openssl dgst -sha256 -verify k.pem -signature d.sig data")


def authorize(t, _):
    """A policy that openssl's key has signed opens what was sealed to that key."""
    t.host("openssl genrsa -out auth.pem 2048")
    t.host("openssl rsa -in auth.pem -pubout -out auth.pub")
    t.write("secret", b"a secret")
    t.run("loadexternal -C o -G rsa -u auth.pub -c auth.ctx -n auth.name")
    t.run("startauthsession -S t.ctx")
    t.run("policyauthorize -S t.ctx -n auth.name -L authorized.policy")
    t.run("flushcontext t.ctx")
    t.run("pcrreset 16")
    t.run("createpolicy --policy-pcr -l sha256:16 -L pcr.policy")
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx")
    t.run("create -C primary.ctx -L authorized.policy -i secret -u s.pub -r s.priv")
    t.run("load -C primary.ctx -u s.pub -r s.priv -c s.ctx")
    t.host("openssl dgst -sha256 -sign auth.pem -out pcr.sig pcr.policy")
    t.run("verifysignature -c auth.ctx -g sha256 -m pcr.policy -s pcr.sig -t ticket -f rsassa")
    for session, refused in (("a.ctx", False), ("b.ctx", True)):
        t.run(f"startauthsession --policy-session -S {session}")
        t.run(f"policypcr -S {session} -l sha256:16")
        t.run(f"policyauthorize -S {session} -i pcr.policy -n auth.name -t ticket", refused=refused)
        if not refused:
            need(t.run(f"unseal -c s.ctx -p session:{session}") == b"a secret", "unsealed something else")
            t.run(f"pcrextend 16:sha256={'22' * 32}")
        t.run(f"flushcontext {session}")
    t.run("pcrreset 16")


def hierarchies(t, _):
    """Passwords of hierarchies; a hierarchy is switched off and on."""
    t.run("changeauth -c o ownerpass")
    t.run("createprimary -C o -g sha256 -G ecc -c x.ctx", refused=True)
    t.run("createprimary -C o -P ownerpass -g sha256 -G ecc -c x.ctx")
    t.run("changeauth -c o -p ownerpass")
    t.run("hierarchycontrol -C p ehEnable clear")
    t.run("createprimary -C e -g sha256 -G ecc -c x.ctx", refused=True)
    t.run("hierarchycontrol -C p ehEnable set")
    t.run("createprimary -C e -g sha256 -G ecc -c x.ctx")


SEQUENCES = (capabilities, random, pcr, quote, sign, schnorr, seal, nv, sessions, encryption, credential, hashes,
             duplicate, authorize, hierarchies, lockout, exhaustion, clear)
