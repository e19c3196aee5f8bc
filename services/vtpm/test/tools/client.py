# SPDX-License-Identifier: MIT
"""A client of the TPM that speaks its commands: for what tpm2-tools do not do, and for checks by our own arithmetic."""

import hashlib
import struct

from service import Failure, need, receive

NULL, OWNER, PLATFORM, LOCKOUT, PASSWORD = 0x40000007, 0x40000001, 0x4000000C, 0x4000000A, 0x40000009
RSA, TDES, SHA1, HMAC, AES, KEYEDHASH, SHA256, SHA384, SHA512, NONE = 0x1, 0x3, 0x4, 0x5, 0x6, 0x8, 0xB, 0xC, 0xD, 0x10
RSASSA, RSAES, RSAPSS, OAEP, ECDSA, ECDH, ECDAA, SM2, ECSCHNORR, ECMQV = range(0x14, 0x1E)
ECC, SYMCIPHER, CAMELLIA, CMAC = 0x23, 0x25, 0x26, 0x3F
CTR, OFB, CBC, CFB, ECB = range(0x40, 0x45)
HASHES = {SHA1: "sha1", SHA256: "sha256", SHA384: "sha384", SHA512: "sha512"}
CURVES = {0x1: "P-192", 0x2: "P-224", 0x3: "P-256", 0x4: "P-384", 0x5: "P-521", 0x10: "BN-P256", 0x20: "SM2-P256"}
SIGN, DECRYPT, USER_AUTH, ORIGIN = 0x40000, 0x20000, 0x40, 0x20
#: Bits of a response code of format 1: the error alone, without the number of handle, session or parameter.
FORMAT_ONE, ERROR_BITS, RETRY = 0x80, 0xBF, 0x922
#: A start of the TPM, and how long a file of the fuzzer's corpus is at most.
STARTUP, CORPUS_MOST = bytes.fromhex("80010000000c000001440000"), 3000


def u16(*numbers):
    """16-bit numbers."""
    return struct.pack(f">{len(numbers)}H", *numbers)


def u32(*numbers):
    """32-bit numbers."""
    return struct.pack(f">{len(numbers)}I", *numbers)


def sized(data):
    """A TPM2B."""
    return u16(len(data)) + data


def point_bytes(point, size):
    """A TPM2B_ECC_POINT of numbers."""
    return sized(b"".join(sized(c.to_bytes(size, "big")) for c in point))


class Reader:
    """Takes a response's fields off."""

    def __init__(self, data):
        self.data = data

    def take(self, size):
        """So many bytes."""
        need(len(self.data) >= size, "a response is too short")
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def u16(self):
        """A 16-bit number."""
        return struct.unpack(">H", self.take(2))[0]

    def u32(self):
        """A 32-bit number."""
        return struct.unpack(">I", self.take(4))[0]

    def sized(self):
        """A TPM2B's bytes."""
        return self.take(self.u16())

    def point(self):
        """A TPM2B_ECC_POINT as numbers."""
        inner = Reader(self.sized())
        return tuple(int.from_bytes(inner.sized(), "big") for _ in range(2))


class Refused(Failure):
    """The TPM answered with a code other than success."""

    def __init__(self, name, code):
        super().__init__(f"{name}: response code {code:#x}")
        self.code = code

    @property
    def error(self):
        """The code without which handle, session or parameter it is about."""
        return self.code & ERROR_BITS if self.code & FORMAT_ONE else self.code


class Client:
    """One connection to the command stream. What is sent goes into the folder `corpus` as well, for the fuzzer."""

    corpus = None

    def __init__(self, service, locality=0):
        self.service, self.locality, self.stream, self.sent = service, locality, None, b""

    def __enter__(self):
        self.stream = self.service.connect()
        return self

    def __exit__(self, *_):
        self.stream.sendall(u32(20))
        self.stream.close()
        self.keep(b"")

    def keep(self, request):
        """Collect what is sent; a file is a start of the TPM and a piece of a connection, behind the fuzzer's selector."""
        if self.sent and (not request or len(self.sent) + len(request) > CORPUS_MOST) and self.corpus:
            data = b"\0" + struct.pack(">IBI", 8, 0, len(STARTUP)) + STARTUP + self.sent
            (self.corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
            self.sent = b""
        self.sent += request

    def raw(self, command):
        """A whole command's whole response."""
        request = struct.pack(">IBI", 8, self.locality, len(command)) + command
        self.keep(request)
        self.stream.sendall(request)
        response = receive(self.stream, struct.unpack(">I", receive(self.stream, 4))[0])
        need(receive(self.stream, 4) == bytes(4), "the response does not end with 0")
        return response

    def run(self, code, handles=(), parameters=b"", auths=(), out_handle=False, name=None):
        """A command; auths are passwords, or sessions' whole authorization areas. A Reader of the response's parameters,
        behind its handle if out_handle is set; raises Refused."""
        areas = b"".join(a if isinstance(a, bytes) and len(a) > 8 else u32(PASSWORD) + bytes(3) + sized(a) for a in auths)
        body = u32(*handles) + (u32(len(areas)) + areas if auths else b"") + parameters
        result = RETRY
        while result == RETRY:  # an algorithm was tested before its first use: to be sent again
            response = Reader(self.raw(u16(0x8002 if auths else 0x8001) + u32(10 + len(body), code) + body))
            tag, _, result = response.u16(), response.u32(), response.u32()
        if result:
            raise Refused(name or f"command {code:#x}", result)
        handle = response.u32() if out_handle else None
        if tag == 0x8002:
            size = response.u32()
            response.sessions = response.data[size:]
            response.data = response.data[:size]
        response.handle = handle
        return response

    def refused(self, error, *arguments, **more):
        """The command must be refused with this error (without its number of handle or parameter)."""
        try:
            self.run(*arguments, **more)
        except Refused as fault:
            need(fault.error == error, f"{fault}, and {error:#x} is right")
        else:
            raise Failure(f"command {arguments[0]:#x} succeeded and must be refused with {error:#x}")

    def create_primary(self, public, hierarchy=NULL, sensitive=b""):
        """Handle and a Reader of the public area."""
        made = self.run(0x131, (hierarchy,), sized(sized(b"") + sized(sensitive)) + sized(public) + sized(b"") + u32(0),
                        auths=(b"",), out_handle=True)
        return made.handle, Reader(made.sized())

    def load_external(self, public, sensitive=b"", hierarchy=NULL):
        """Handle of a key that is not a TPM's."""
        return self.run(0x167, (), sized(sensitive) + sized(public) + u32(hierarchy), out_handle=True).handle

    def flush(self, handle):
        """Drop an object or a session."""
        self.run(0x165, (), u32(handle))

    def ecc_key(self, curve, scheme=NONE, hash_=SHA256, attributes=SIGN, kdf=NONE):
        """A primary key on a curve: handle and public point."""
        detail = u16(hash_) + (u16(0) if scheme == ECDAA else b"") if scheme not in (NONE,) else b""
        public = (u16(ECC, SHA256) + u32(attributes | USER_AUTH | ORIGIN) + sized(b"") + u16(NONE) + u16(scheme) + detail
                  + u16(curve, kdf) + sized(b"") * 2)
        handle, made = self.create_primary(public)
        made.data = made.data[len(public) - 4:]
        return handle, tuple(int.from_bytes(made.sized(), "big") for _ in range(2))

    def rsa_key(self, bits):
        """A primary key that signs and decrypts with any scheme: handle and modulus."""
        public = (u16(RSA, SHA256) + u32(SIGN | DECRYPT | USER_AUTH | ORIGIN) + sized(b"") + u16(NONE, NONE, bits) + u32(0)
                  + sized(b""))
        handle, made = self.create_primary(public)
        made.data = made.data[len(public) - 2:]
        return handle, int.from_bytes(made.sized(), "big")

    def sign(self, handle, digest, scheme, hash_, count=None):
        """A Reader of the signature behind its two algorithms; count of a commitment, for ECDAA."""
        selected = u16(scheme, hash_) + (u16(count) if count is not None else b"")
        ticket = u16(0x8024) + u32(NULL) + sized(b"")
        signature = self.run(0x15D, (handle,), sized(digest) + selected + ticket, auths=(b"",))
        need((signature.u16(), signature.u16()) == (scheme, hash_), "a signature of another scheme")
        return signature

    def verify(self, handle, digest, signature):
        """Verify a TPMT_SIGNATURE in the TPM; raises Refused."""
        self.run(0x177, (handle,), sized(digest) + signature)
