# SPDX-License-Identifier: MIT
"""Image recipes: each rule refuses what it is about; the same recipe gives the same image."""

import copy
import json

from support import Case

MANIFEST = {"manifest": 1, "name": "one", "executable": "/bin/one",
            "budgets": {"memory": "1M", "threads": 1, "handles": 4}}
RECIPE = {"image": 1, "kernel": {"svsm": {"output_file": "kernel"}},
          "fs": {"modules": {"init": {"output_file": "i", "path": "/init", "type": "make"},
                             "one": {"output_file": "o", "path": "/bin/one"}}},
          "services": ["one.json"]}


class Recipes(Case):
    """`coconut image` without a kernel that runs."""

    def setUp(self):
        super().setUp()
        for name in ("kernel", "i", "o"):
            (self.work / name).write_bytes(name.encode() * 100)
        (self.work / "one.json").write_text(json.dumps(MANIFEST))

    def build(self, recipe, output="out"):
        """Run the command on a recipe, which has one value to a line."""
        (self.work / "r.json").write_text(json.dumps(recipe, indent=1))
        return self.coconut("image", "--output", output, "r.json")

    def refused(self, rule, part, **changes):
        """Change modules or other keys; expect one line with the rule."""
        recipe = copy.deepcopy(RECIPE)
        for name, value in changes.items():
            target = recipe["fs"]["modules"] if name in ("init", "two") else recipe
            if value is None:
                del target[name]
            else:
                target[name] = value
        done = self.build(recipe)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        self.assert_one_line(done.stderr, f": {rule}: ", part)
        self.assertFalse((self.work / "out").exists())

    def test_good(self):
        first, second = self.build(RECIPE, "a"), self.build(RECIPE, "b")
        self.assertEqual((first.returncode, first.stderr), (0, ""))
        self.assertEqual(first.stdout, second.stdout)
        for name in ("kernel.elf", "archive.pkit", "measurements.json"):
            self.assertEqual((self.work / "a" / name).read_bytes(),
                             (self.work / "b" / name).read_bytes())
        listed = self.coconut("pack", "--list", "a/archive.pkit").stdout
        self.assertEqual([line.split()[1] for line in listed.splitlines()],
                         ["bin/one", "coconut/image", "coconut/manifests/one.manifest",
                          "coconut/services", "init"])

    def test_json(self):
        (self.work / "r.json").write_text(json.dumps(RECIPE))
        done = self.coconut("image", "--json", "--output", "out", "r.json")
        found = json.loads(done.stdout)
        self.assertEqual((done.returncode, done.stderr, found["problems"]), (0, "", []))
        self.assertEqual(found["image"], json.loads((self.work / "out/measurements.json").read_text()))
        (self.work / "one.json").write_text(json.dumps(dict(MANIFEST, name="One")))
        done = self.coconut("image", "--json", "--output", "none", "r.json")
        found = json.loads(done.stdout)
        self.assertEqual((done.returncode, done.stderr, found["image"]), (1, "", None))
        self.assertEqual({(one["line"], one["rule"]) for one in found["problems"]}, {(1, "pattern")})
        self.assertFalse((self.work / "none").exists())

    def test_rules(self):
        self.refused("no-file", "r.json:", init={"output_file": "gone", "path": "/init"})
        self.refused("path-twice", "/bin/one", two={"output_file": "o", "path": "/bin/one"})
        self.refused("file-as-folder", "/init/x", two={"output_file": "o", "path": "/init/x"})
        self.refused("reserved", "/coconut/", two={"output_file": "o", "path": "/coconut/x"})
        self.refused("path", "..", two={"output_file": "o", "path": "/../x"})
        self.refused("no-init", "/init", init=None)
        self.refused("unknown-key", "colour", colour=1)
        self.refused("missing-key", "fs", fs=None)
        self.refused("value", "cargo", two={"output_file": "o", "path": "/x", "type": "cargo"})

    def test_kinds(self):
        for build, threshold, text in (("development", None, "build development\nthreshold 7\n"),
                                       ("release", None, "build release\nthreshold 6\n"),
                                       ("release", "emergency", "build release\nthreshold 0\n")):
            keys = {"build": build, **({"log": {"threshold": threshold}} if threshold else {})}
            done = self.build({**RECIPE, **keys}, "kind")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(f"coconut image 1\n{text}".encode(),
                          (self.work / "kind" / "archive.pkit").read_bytes())
        self.refused("value", "fast", build="fast")
        self.refused("value", "loud", log={"threshold": "loud"})
        self.refused("unknown-key", "level", log={"level": "info"})

    def test_manifests(self):
        other = dict(MANIFEST, executable="/bin/two")
        (self.work / "one.json").write_text(json.dumps(other))
        self.refused("no-program", "/bin/two")
        (self.work / "one.json").write_text(json.dumps(dict(MANIFEST, root="/srv")))
        self.refused("no-root", "/srv")
        (self.work / "one.json").write_text(json.dumps(dict(MANIFEST, name="One")))
        self.refused("pattern", "one.json:1:")
