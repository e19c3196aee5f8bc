# SPDX-License-Identifier: MIT
"""What is between a TPM and its platform: banks of PCRs, locality, rooms for keys and sessions, sequences."""

import hashlib
import re

from client import HASHES, NULL, PLATFORM, SHA1, SHA256, SHA384, SHA512, Client, Refused, sized, u16, u32
from service import need

#: Codes: no room for a session or an object; no session handle; a wrong locality.
SESSION_MEMORY, OBJECT_MEMORY, SESSION_HANDLES, BAD_LOCALITY = 0x903, 0x902, 0x905, 0x907
STARTUP, OFF, ON = 0x144, 2, 1


def cycle(service, tpm):
    """Power off and on, and a clean start. The signals' stream is another than the commands'."""
    need(service.signal(OFF) == 0 and service.signal(ON) == 0, "power is not cycled")
    tpm.run(STARTUP, (), u16(0))


def pcr_allocate(t, service):
    """Banks of PCRs are switched off and on; the new ones are there after the next start, and count."""
    def allocate(tpm, *banks):
        chosen = b"".join(u16(bank) + b"\3" + (b"\xff" * 3 if bank in banks else bytes(3)) for bank in HASHES)
        made = tpm.run(0x12B, (PLATFORM,), u32(len(HASHES)) + chosen, auths=(b"",))
        need(made.take(1) == b"\1", "the allocation is refused")
        cycle(service, tpm)

    def banks(tools):
        told = tools.run("getcap pcrs").decode()
        return {name for name in HASHES.values() if re.search(rf"{name}: \[ 0,", told)}
    with Client(service) as tpm:
        allocate(tpm, SHA256, SHA384)
    need(banks(t) == {"sha256", "sha384"}, f"banks are {banks(t)}")
    digest = hashlib.sha384(b"measured")
    t.run(f"pcrextend 16:sha384={digest.hexdigest()}")
    value = hashlib.sha384(bytes(48) + digest.digest()).hexdigest().upper()
    need(value.encode() in t.run("pcrread sha384:16"), "wrong value of PCR 16")
    with Client(service) as tpm:
        read = tpm.run(0x17E, (), u32(1) + u16(SHA1) + b"\3" + b"\0\0\1")
        need(read.data[-4:] == bytes(4), "a PCR of a bank that is off has a value")
        allocate(tpm, SHA1, SHA256, SHA384, SHA512)
    need(banks(t) == set(HASHES.values()), f"banks are {banks(t)}")


def locality(t, service):
    """PCRs and policies know the locality a command came from."""
    one = u32(1) + u16(SHA256) + hashlib.sha256(b"x").digest()
    for who, pcr, reset, extend in ((0, 17, False, False), (2, 17, False, True), (0, 16, True, True), (2, 20, True, True),
                                    (4, 17, False, True), (0, 20, False, False), (3, 18, False, True), (1, 18, False, False)):
        with Client(service, who) as tpm:
            for allowed, code, parameters in ((extend, 0x182, one), (reset, 0x13D, b"")):
                try:
                    tpm.run(code, (pcr,), parameters, auths=(b"",))
                    need(allowed, f"locality {who} did {code:#x} to PCR {pcr}")
                except Refused as fault:
                    need(not allowed and fault.code == BAD_LOCALITY, f"locality {who}, PCR {pcr}: {fault}")
    t.write("secret", b"a secret")
    t.run("startauthsession -S p.ctx")
    t.run("policylocality -S p.ctx -L locality.policy three")
    t.run("flushcontext p.ctx")
    t.run("createprimary -C o -g sha256 -G ecc -c primary.ctx")
    t.run("create -C primary.ctx -L locality.policy -i secret -u s.pub -r s.priv -a fixedtpm|fixedparent|adminwithpolicy")
    t.keep = True
    try:
        t.run("load -C primary.ctx -u s.pub -r s.priv -c s.ctx")
        key = int(re.search(rb"0x8[0-9a-f]+", t.run("getcap handles-transient").split()[-1]).group(), 16)
        for who, allowed in ((3, True), (0, False)):
            with Client(service, who) as tpm:
                policy = tpm.run(0x176, (NULL, NULL), sized(bytes(16)) + sized(b"") + b"\1" + u16(0x10, SHA256), out_handle=True)
                tpm.run(0x16F, (policy.handle,), b"\x08")
                try:
                    got = tpm.run(0x15E, (key,), auths=(u32(policy.handle) + sized(b"") + b"\1" + sized(b""),)).sized()
                    need(allowed and got == b"a secret", f"locality {who} unsealed it")
                except Refused as fault:
                    need(not allowed and fault.code & 0xFF == BAD_LOCALITY & 0xFF, f"locality {who}: {fault}")
                tpm.flush(policy.handle)
    finally:
        t.keep = False
        t.run("flushcontext -t")


def contexts(_, service):
    """Objects and sessions are saved and loaded until there is no room: clear refusals, and nothing is lost."""
    public = u16(0x8, SHA256) + u32(0x40) + sized(b"") + u16(0x10)
    with Client(service) as tpm:
        def seal(data):
            return tpm.run(0x131, (NULL,), sized(sized(b"") + sized(data)) + sized(public + sized(b"")) + sized(b"") + u32(0),
                           auths=(b"",), out_handle=True).handle
        saved = {}
        for i in range(40):  # many more than fit: each is saved and dropped
            handle = seal(b"secret %d" % i)
            saved[i] = tpm.run(0x162, (handle,)).data
            tpm.flush(handle)
        for i in (39, 0, 17):
            handle = tpm.run(0x161, (), saved[i], out_handle=True).handle
            need(tpm.run(0x15E, (handle,), auths=(b"",)).sized() == b"secret %d" % i, "another secret")
        tpm.refused(OBJECT_MEMORY, 0x161, (), saved[1], out_handle=True)
        bad = saved[1][:40] + bytes([saved[1][40] ^ 1]) + saved[1][41:]
        for slot in range(3):
            tpm.flush(0x80000000 + slot)
        tpm.refused(0x9F, 0x161, (), bad, out_handle=True)
        start = sized(bytes(16)) + sized(b"") + b"\1" + u16(0x10, SHA256)
        sessions = []
        while True:
            try:
                handle = tpm.run(0x176, (NULL, NULL), start, out_handle=True).handle
            except Refused as fault:
                need(fault.code == SESSION_HANDLES, str(fault))
                break
            sessions.append((handle, tpm.run(0x162, (handle,)).data))
            need(len(sessions) <= 64, "more than 64 sessions")
        need(len(sessions) == 64, f"{len(sessions)} sessions and not 64")
        for handle, context in sessions[:3]:
            need(tpm.run(0x161, (), context, out_handle=True).handle == handle, "a session has another handle")
        tpm.refused(SESSION_MEMORY, 0x161, (), sessions[3][1], out_handle=True)
        tpm.refused(0x8B, 0x161, (), sessions[0][1], out_handle=True)  # it is loaded: its context is used up
        for handle, _context in sessions:
            tpm.flush(handle)
        tpm.flush(tpm.run(0x176, (NULL, NULL), start, out_handle=True).handle)


def pieces(_, service):
    """Hashes in pieces, longer than a command, by explicit sequences; an event measured into every bank."""
    data = bytes(range(256)) * 20
    with Client(service) as tpm:
        for hash_, name in HASHES.items():
            sequence = tpm.run(0x186, (), sized(b"") + u16(hash_), out_handle=True).handle
            for at in range(0, len(data) - 1000, 1000):
                tpm.run(0x15C, (sequence,), sized(data[at:at + 1000]), auths=(b"",))
            done = tpm.run(0x13E, (sequence,), sized(data[at + 1000:]) + u32(NULL), auths=(b"",)).sized()
            need(done == hashlib.new(name, data).digest(), f"wrong {name}")
        sequence = tpm.run(0x186, (), sized(b"") + u16(0x10), out_handle=True).handle
        tpm.run(0x15C, (sequence,), sized(data[:1024]), auths=(b"",))
        made = tpm.run(0x185, (16, sequence), sized(data[1024:1500]), auths=(b"", b""))
        need(made.u32() == len(HASHES), "not every bank")
        for _bank in HASHES:
            name = HASHES[made.u16()]
            need(made.take(hashlib.new(name).digest_size) == hashlib.new(name, data[:1500]).digest(), f"wrong event in {name}")
        tpm.run(0x13D, (16,), auths=(b"",))


TESTS = (pcr_allocate, locality, contexts, pieces)
