# SPDX-License-Identifier: MIT
"""The bill of materials of a distributed SDK: SPDX 2.3 as JSON."""

import hashlib
import json
import time
import uuid

MIT, LLVM, NEWLIB = "MIT", "Apache-2.0 WITH LLVM-exception", "LicenseRef-newlib"
MBEDTLS, LIBTPMS = "Apache-2.0 OR GPL-2.0-or-later", "LicenseRef-libtpms"
#: Where the document is in an SDK.
PLACE = "share/coconut/sbom.spdx.json"
#: Sources of third parties: {lock entry: licence}.
SOURCES = {"llvm": LLVM, "newlib": NEWLIB, "mbedtls": MBEDTLS, "libtpms-dev": LIBTPMS}
#: Licences that SPDX has no name for: {name: beginning of the names of the files with their texts}.
TEXTS = {NEWLIB: "newlib", LIBTPMS: "libtpms-dev"}
#: Beginnings of the paths of files that come from third-party sources: (path, lock entries, licence).
ORIGINS = (("sysroot/usr/lib/libc++", ("llvm",), LLVM), ("sysroot/usr/lib/libunwind", ("llvm",), LLVM),
           ("sysroot/usr/lib/libclang_rt", ("llvm",), LLVM), ("sysroot/usr/include/c++/", ("llvm",), LLVM),
           ("sysroot/usr/share/libc++/", ("llvm",), LLVM),
           ("sysroot/usr/lib/libc.a", ("newlib",), f"{MIT} AND {NEWLIB}"), ("sysroot/usr/lib/libm.a", ("newlib",), NEWLIB),
           ("sysroot/usr/include/coconut/", (), MIT), ("sysroot/usr/include/", ("newlib",), f"{MIT} AND {NEWLIB}"),
           ("share/doc/coconut/licences/llvm", ("llvm",), LLVM), ("share/doc/coconut/licences/newlib", ("newlib",), NEWLIB),
           ("share/doc/coconut/licences/mbedtls", ("mbedtls",), MBEDTLS),
           ("share/doc/coconut/licences/libtpms", ("libtpms-dev",), LIBTPMS),
           ("share/coconut/services-init", ("newlib",), f"{MIT} AND {NEWLIB}"),
           ("share/coconut/services-log", ("newlib",), f"{MIT} AND {NEWLIB}"),
           ("share/coconut/run/vtpm.json", (), MIT),
           ("share/coconut/run/vtpm", ("libtpms-dev", "mbedtls", "newlib"),
            f"{MIT} AND ({MBEDTLS}) AND {LIBTPMS} AND {NEWLIB}"))


def origin(path):
    """Return (lock entries, licence) of a file of the SDK."""
    return next(((lock, licence) for start, lock, licence in ORIGINS if path.startswith(start)), ((), MIT))


def _id(text):
    return "SPDXRef-" + "".join(c if c.isalnum() or c in ".-" else "-" for c in text)


def _source(entry, licence):
    return {"SPDXID": _id(f"Source-{entry.name}"), "name": entry.source, "versionInfo": entry.version,
            "packageFileName": entry.file, "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "checksums": [{"algorithm": "SHA256", "checksumValue": entry.sha256}],
            "licenseConcluded": licence, "licenseDeclared": licence, "copyrightText": "NOASSERTION",
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                              "referenceLocator": f"pkg:deb/debian/{entry.source}@{entry.version}?arch=source"}]}


def _file(entry, number):
    digest = hashlib.sha1(entry.data, usedforsecurity=False).hexdigest()
    return {"SPDXID": f"SPDXRef-File-{number}", "fileName": f"./{entry.path}",
            "checksums": [{"algorithm": "SHA1", "checksumValue": digest},
                          {"algorithm": "SHA256", "checksumValue": hashlib.sha256(entry.data).hexdigest()}],
            "licenseConcluded": origin(entry.path)[1], "copyrightText": "NOASSERTION"}


def document(entries, version, locked, licences, epoch):
    """Return the bytes of the document.

    entries: the distribution's; locked: {name: deplock.Entry}; licences: {path: text} of third parties;
    epoch: the time that it names, in seconds.
    """
    held = [entry for entry in entries if entry.data is not None]
    files = [_file(entry, number) for number, entry in enumerate(held)]
    sums = "".join(sorted(one["checksums"][0]["checksumValue"] for one in files))
    code = hashlib.sha1(sums.encode(), usedforsecurity=False).hexdigest()
    name = f"coconut-sdk-{version}"
    sdk = {"SPDXID": "SPDXRef-Package", "name": "coconut-sdk", "versionInfo": version,
           "downloadLocation": "NOASSERTION", "filesAnalyzed": True, "supplier": "NOASSERTION",
           "packageVerificationCode": {"packageVerificationCodeValue": code,
                                       "packageVerificationCodeExcludedFiles": [f"./{PLACE}"]},
           "licenseConcluded": f"{MIT} AND {LLVM} AND {NEWLIB} AND ({MBEDTLS}) AND {LIBTPMS}", "licenseDeclared": MIT, "copyrightText": "NOASSERTION"}
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Package")]
    relations += [("SPDXRef-Package", "CONTAINS", one["SPDXID"]) for one in files]
    relations += [(one["SPDXID"], "GENERATED_FROM", _id(f"Source-{lock}"))
                  for one, entry in zip(files, held) for lock in origin(entry.path)[0]]
    texts = {name: "".join(text for path, text in sorted(licences.items()) if f"/{start}-" in path)
             for name, start in TEXTS.items()}
    return (json.dumps({
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": name,
        "documentNamespace": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name + code)}",
        "creationInfo": {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch)),
                         "creators": [f"Tool: coconut-{version}"]},
        "packages": [sdk, *(_source(locked[key], licence) for key, licence in SOURCES.items())],
        "files": files,
        "hasExtractedLicensingInfos": [{"licenseId": name, "name": f"{TEXTS[name]}'s licences", "extractedText": text}
                                       for name, text in texts.items()],
        "relationships": [{"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b}
                          for a, kind, b in relations],
    }, indent=1) + "\n").encode()
