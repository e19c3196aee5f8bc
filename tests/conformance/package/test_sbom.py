# SPDX-License-Identifier: MIT
"""The bill of materials is valid SPDX 2.3, and says of everything in the SDK where it comes from."""

import hashlib
import json
import re
import tarfile
import tempfile
import unittest
from pathlib import Path

from test_package import COCONUT, NAME, TOP, run

PLACE = "share/coconut/sbom.spdx.json"
IDENTIFIER = re.compile(r"SPDXRef-[A-Za-z0-9.-]+")
LICENCES = {"MIT", "Apache-2.0", "LLVM-exception", "GPL-2.0-or-later"}
#: What the specification demands of each part, with the form of the values.
PACKAGE = {"SPDXID": IDENTIFIER, "name": re.compile(r".+"), "versionInfo": re.compile(r"\S+"),
           "downloadLocation": re.compile(r"NOASSERTION|https?://.+"), "copyrightText": re.compile(r".+"),
           "licenseConcluded": re.compile(r".+"), "licenseDeclared": re.compile(r".+")}
FILE = {"SPDXID": IDENTIFIER, "fileName": re.compile(r"\./.+"), "licenseConcluded": re.compile(r".+"),
        "copyrightText": re.compile(r".+")}
#: Third parties by their names in the lock, with what only their compiled code holds.
SOURCES = {"newlib": b"/newlib/newlib/libc/", "llvm": b"/llvm/", "mbedtls": None, "libtpms-dev": None}


class BillOfMaterials(unittest.TestCase):
    """The document of one package."""

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(prefix="coconut-sbom-") as folder:
            done = run(COCONUT, "package", "--no-build", "--no-deb", "--output", folder)
            if done.returncode != 0:
                raise AssertionError(done.stderr)
            with tarfile.open(Path(folder) / f"{NAME}.tar.xz") as archive:
                cls.held = {member.name.removeprefix(f"{NAME}/"): archive.extractfile(member).read()
                            for member in archive if member.isfile()}
        cls.bill = json.loads(cls.held.pop(PLACE))
        cls.file_ids = {one["fileName"].removeprefix("./"): one["SPDXID"] for one in cls.bill["files"]}
        cls.sources = {(one["spdxElementId"], one["relatedSpdxElement"]) for one in cls.bill["relationships"]
                       if one["relationshipType"] == "GENERATED_FROM"}

    def test_document(self):
        bill = self.bill
        self.assertEqual((bill["spdxVersion"], bill["dataLicense"], bill["SPDXID"]), ("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT"))
        self.assertEqual(bill["creationInfo"]["created"], "2023-11-14T22:13:20Z")
        self.assertRegex(bill["creationInfo"]["creators"][0], r"^Tool: \S+-\S+$")
        self.assertRegex(bill["documentNamespace"], r"^urn:uuid:[0-9a-f-]{36}$")
        self.assertEqual(bill["name"], NAME)

    def test_parts_have_what_the_specification_demands(self):
        for parts, fields in ((self.bill["packages"], PACKAGE), (self.bill["files"], FILE)):
            for part in parts:
                for field, form in fields.items():
                    self.assertRegex(part.get(field, ""), rf"^(?:{form.pattern})$", part)
        identifiers = [one["SPDXID"] for one in (*self.bill["packages"], *self.bill["files"])]
        self.assertEqual(len(set(identifiers)), len(identifiers))
        known = {"SPDXRef-DOCUMENT", *identifiers}
        for relation in self.bill["relationships"]:
            self.assertLessEqual({relation["spdxElementId"], relation["relatedSpdxElement"]}, known)
            self.assertIn(relation["relationshipType"], ("DESCRIBES", "CONTAINS", "GENERATED_FROM"))

    def test_licences(self):
        extracted = {one["licenseId"]: one for one in self.bill["hasExtractedLicensingInfos"]}
        used = set()
        for part in (*self.bill["packages"], *self.bill["files"]):
            for field in ("licenseConcluded", "licenseDeclared"):
                expression = part.get(field, "MIT")
                self.assertEqual(expression.count("("), expression.count(")"))
                used |= set(re.findall(r"[\w.+-]+", expression)) - {"AND", "OR", "WITH"}
        self.assertEqual(used - LICENCES, set(extracted))
        for one in extracted.values():
            self.assertTrue(one["name"])
            self.assertGreater(len(one["extractedText"]), 500, one["name"])

    def test_files_are_those_of_the_sdk(self):
        self.assertEqual(set(self.file_ids), set(self.held))
        for one in self.bill["files"]:
            data = self.held[one["fileName"].removeprefix("./")]
            sums = {check["algorithm"]: check["checksumValue"] for check in one["checksums"]}
            self.assertEqual(sums, {"SHA1": hashlib.sha1(data).hexdigest(), "SHA256": hashlib.sha256(data).hexdigest()})

    def test_verification_code(self):
        sdk = next(one for one in self.bill["packages"] if one["name"] == "coconut-sdk")
        code = hashlib.sha1("".join(sorted(hashlib.sha1(data).hexdigest() for data in self.held.values())).encode()).hexdigest()
        self.assertEqual(sdk["packageVerificationCode"], {"packageVerificationCodeValue": code,
                                                          "packageVerificationCodeExcludedFiles": [f"./{PLACE}"]})

    def test_third_parties(self):
        lock = (TOP / "sdk/deps/deps.lock").read_text()
        found = {one["SPDXID"].removeprefix("SPDXRef-Source-"): one for one in self.bill["packages"]
                 if one["name"] != "coconut-sdk"}
        self.assertEqual(set(found), set(SOURCES))
        for name, one in found.items():
            self.assertEqual([check["algorithm"] for check in one["checksums"]], ["SHA256"])
            self.assertIn(one["checksums"][0]["checksumValue"], lock)
            self.assertIn(one["versionInfo"], lock)
            self.assertIn(f"@{one['versionInfo']}?arch=source", one["externalRefs"][0]["referenceLocator"])
            texts = [path for path in self.held if path.startswith(f"share/doc/coconut/licences/{name}-")]
            self.assertTrue(texts, f"no text of {name}'s licence")
            self.assertTrue(any(related == one["SPDXID"] for _, related in self.sources), f"nothing is made of {name}")

    def test_compiled_code_names_its_origin(self):
        wrong = [f"{path}: {name}" for path, data in self.held.items() if not path.startswith("share/doc/")
                 for name, mark in SOURCES.items() if mark and mark in data and data.startswith((b"\x7fELF", b"!<arch>"))
                 and (self.file_ids[path], f"SPDXRef-Source-{name}") not in self.sources]
        self.assertEqual(wrong, [])
        self.assertTrue(any(SOURCES["newlib"] in data for data in self.held.values()), "the mark of newlib's code is stale")
