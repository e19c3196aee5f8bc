# SPDX-License-Identifier: MIT
"""Policies of each kind, attestations, and the kinds of NV, by tpm2-tools."""

import hashlib

from service import need


def policy(t, *commands, session="p.ctx", trial=False):
    """A policy session (a trial one) after these commands; its digest is in the file `digest`."""
    t.run(f"startauthsession -S {session}" + ("" if trial else " --policy-session"))
    for command in commands:
        t.run(command)


def sealed_behind(t, *commands):
    """Seal to what a trial session with these commands comes to; then open it with a real one."""
    policy(t, *commands, trial=True)
    t.run("flushcontext p.ctx")
    t.run("create -C primary.ctx -L digest -i secret -u s.pub -r s.priv -a fixedtpm|fixedparent|adminwithpolicy")
    t.run("load -C primary.ctx -u s.pub -r s.priv -c s.ctx")
    t.run("unseal -c s.ctx", refused=True)
    policy(t)
    t.run("unseal -c s.ctx -p session:p.ctx", refused=True)
    t.run("flushcontext p.ctx")
    policy(t, *commands)
    need(t.run("unseal -c s.ctx -p session:p.ctx") == b"a secret", "unsealed something else")
    t.run("flushcontext p.ctx")


def policies(t, _):
    """Each kind of policy opens what is sealed to it, and only when it holds."""
    t.write("secret", b"a secret")
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx")
    sealed_behind(t, "policycommandcode -S p.ctx -L digest TPM2_CC_Unseal")
    sealed_behind(t, "policysecret -S p.ctx -c o -L digest")
    sealed_behind(t, "policylocality -S p.ctx -L digest zero")
    # signed: by a key of openssl's, over nothing but the expiration
    t.host("openssl genrsa -out signer.pem 2048")
    t.host("openssl rsa -in signer.pem -pubout -out signer.pub")
    t.write("qualified", bytes(4))
    t.host("openssl dgst -sha256 -sign signer.pem -out signed.sig qualified")
    t.run("loadexternal -C o -G rsa -u signer.pub -c signer.ctx")
    sealed_behind(t, "policysigned -S p.ctx -g sha256 -s signed.sig -f rsassa -c signer.ctx -L digest")
    # either of two: a command code that is not Unseal, or one that is
    policy(t, "policycommandcode -S p.ctx -L one TPM2_CC_Unseal", trial=True)
    t.run("flushcontext p.ctx")
    policy(t, "policycommandcode -S p.ctx -L two TPM2_CC_Sign", trial=True)
    t.run("flushcontext p.ctx")
    sealed_behind(t, "policycommandcode -S p.ctx TPM2_CC_Unseal", "policyor -S p.ctx -L digest sha256:one,two")
    # a value in NV, and that it was written
    t.run("nvdefine -C o -s 1 -a ownerread|ownerwrite 0x1500010")
    t.write("value", b"\5")
    t.run("nvwrite -C o -i value 0x1500010")
    sealed_behind(t, "policynv -S p.ctx -C o -i value -L digest 0x1500010 eq")
    t.run("startauthsession -S n.ctx --policy-session")
    t.write("value", b"\6")
    t.run("policynv -S n.ctx -C o -i value 0x1500010 eq", refused=True)
    t.run("policynv -S n.ctx -C o -i value 0x1500010 ult")
    t.run("policyrestart -S n.ctx")
    t.run("policynvwritten -S n.ctx s")
    t.run("flushcontext n.ctx")
    t.run("nvundefine -C o 0x1500010")


def attestation(t, _):
    """Certificates of keys, of their creation, of NV and of the time: openssl verifies each signature."""
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx --creation-data c.data -t c.ticket -d c.hash")
    t.run("create -C primary.ctx -G ecc256:ecdsa:null -g sha256 -u k.pub -r k.priv "
          "-a fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign")
    t.run("load -C primary.ctx -u k.pub -r k.priv -c k.ctx")
    t.run("readpublic -c k.ctx -f pem -o k.pem -n k.name")
    t.run("readpublic -c primary.ctx -n primary.name")
    t.run("certify -c primary.ctx -C k.ctx -g sha256 -o a.msg -s a.sig -f plain")
    need(t.read("primary.name") in t.read("a.msg"), "the certificate is of another key")
    t.run("certifycreation -C k.ctx -c primary.ctx -g sha256 -d c.hash -t c.ticket -o b.sig -f plain --attestation b.msg")
    need(t.read("c.hash") in t.read("b.msg"), "the certificate is of another creation")
    t.run("gettime -c k.ctx -g sha256 -q 0badc0de -o c.sig -f plain --attestation c.msg")
    need(bytes.fromhex("0badc0de") in t.read("c.msg"), "the nonce is not there")
    t.run("nvdefine -C o -s 4 -a ownerread|ownerwrite|authread 0x1500011")
    t.write("value", b"seen")
    t.run("nvwrite -C o -i value 0x1500011")
    t.run("nvcertify -C k.ctx -c o -g sha256 -o d.sig -f plain --attestation d.msg --size 4 0x1500011")
    need(b"seen" in t.read("d.msg"), "the certificate is of another value")
    t.run("nvundefine -C o 0x1500011")
    for name in "abcd":
        t.host(f"openssl dgst -sha256 -verify k.pem -signature {name}.sig {name}.msg")
        t.write("bad", t.read(f"{name}.msg")[:-1] + bytes([t.read(f"{name}.msg")[-1] ^ 1]))
        t.host(f"openssl dgst -sha256 -verify k.pem -signature {name}.sig bad", refused=True)


def nv_kinds(t, _):
    """NV of bits, that is extended, with a password, with a policy."""
    t.run("nvdefine -C o -s 8 -a ownerread|ownerwrite|nt=bits 0x1500012")
    t.run("nvsetbits -C o -i 0x05 0x1500012")
    t.run("nvsetbits -C o -i 0x30 0x1500012")
    need(t.run("nvread -C o 0x1500012") == (0x35).to_bytes(8, "big"), "other bits")
    t.run("nvdefine -C o -g sha256 -a ownerread|ownerwrite|nt=extend 0x1500013")
    value = bytes(32)
    for piece in (b"one", b"two"):
        t.write("piece", piece)
        t.run("nvextend -C o -i piece 0x1500013")
        value = hashlib.sha256(value + piece).digest()
    need(t.run("nvread -C o 0x1500013") == value, "extended to something else")
    t.run("nvdefine -C o -s 4 -p pass -a authread|authwrite|no_da 0x1500014")
    t.write("value", b"0123")
    t.run("nvwrite -C 0x1500014 -P wrong -i value 0x1500014", refused=True)
    t.run("nvwrite -C 0x1500014 -P pass -i value 0x1500014")
    t.run("changeauth -c 0x1500014 -p pass other", refused=True)  # it needs a policy, which there is none of
    t.run("nvwrite -C 0x1500014 -P pass -i value --offset 2 0x1500014", refused=True)
    need(t.run("nvread -C 0x1500014 -P pass -s 2 --offset 1 0x1500014") == b"12", "read something else")
    policy(t, "policycommandcode -S p.ctx -L digest TPM2_CC_NV_Read", trial=True)
    t.run("flushcontext p.ctx")
    t.run("nvdefine -C o -s 4 -L digest -a policyread|ownerwrite 0x1500015")
    t.run("nvwrite -C o -i value 0x1500015")
    policy(t, "policycommandcode -S p.ctx TPM2_CC_NV_Read")
    need(t.run("nvread -C 0x1500015 -P session:p.ctx 0x1500015") == b"0123", "read something else")
    t.run("flushcontext p.ctx")
    for index in range(0x1500012, 0x1500016):
        t.run(f"nvundefine -C o {index:#x}")
    need(b"0x15000" not in t.run("getcap handles-nv-index"), "an index is left")


def clear_control(t, _):
    """Clearing can be forbidden, and only the platform allows it again; a parent may be made the TPM's to keep."""
    t.run("clearcontrol -C l s")
    t.run("clear -c l", refused=True)
    t.run("clearcontrol -C l c", refused=True)
    t.run("clearcontrol -C p c")
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx")
    t.run("evictcontrol -C o -c primary.ctx 0x81000010")
    t.run("evictcontrol -C o -c primary.ctx 0x81000010", refused=True)
    need(b"0x81000010" in t.run("getcap handles-persistent"), "the key is not kept")
    t.run("clear -c l")
    need(b"0x81000010" not in t.run("getcap handles-persistent"), "the key outlives clearing")


TESTS = (policies, attestation, nv_kinds, clear_control)
