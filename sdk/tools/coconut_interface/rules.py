# SPDX-License-Identifier: MIT
"""What an interface must be beyond its schema; builds the model."""

from coconut_interface import model
from coconut_manifest import jsonpos, rules
from coconut_manifest.schema import Checker

#: Words that C or C++ keep for themselves, and names that generated code uses.
RESERVED = frozenset("""
alignas alignof and and_eq asm atomic auto bitand bitor bool break case catch char class compl concept
const consteval constexpr constinit const_cast continue decltype default delete do double dynamic_cast
else enum explicit export extern false float for friend goto if inline int long mutable namespace new
noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires
restrict return short signed sizeof static static_assert static_cast struct switch template this
thread_local throw true try typedef typeid typename typeof union unsigned using virtual void volatile
wchar_t while xor xor_eq errno main dispatch server client call header status wire arguments results
""".split())
#: Headers that NAME.h would be taken for.
HEADERS = frozenset("""
aio assert byteswap complex cpio ctype dirent dlfcn elf endian err errno execinfo fcntl fenv float fmtmsg fnmatch ftw
getopt glob grp iconv inttypes iso646 langinfo libgen libintl limits link locale machine malloc math memory monetary
mqueue ndbm net netdb newlib nl_types paths poll process pthread pwd regex sched search semaphore setjmp signal spawn
stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string strings sys syslog tar termios tgmath
threads time uchar ucontext ulimit unistd unwind utime utmpx wait wchar wctype wordexp
""".split())
BUILT_IN = frozenset(model.SCALARS) | {"bytes", "string", "handle"}


class _Reader:
    """Turns a document that fits the schema into the model, and collects what is wrong."""

    def __init__(self, checker, objects):
        self.add = checker.add
        self.objects = objects
        self.types = {}

    def name(self, node, seen, what):
        """A name that is no keyword and stands once in `seen`."""
        line, text = node.get("name").line, node.get("name").value
        if text in RESERVED or text in BUILT_IN and what in ("structures", "enumerations"):
            self.add(line, "reserved-name", f"'{text}' is a word of C, C++ or this format; take another")
        if text in seen:
            self.add(line, "name-twice", f"{what} has '{text}' twice, first in line {seen[text]}")
        seen.setdefault(text, line)
        return text

    def number(self, node, seen, what):
        """A number that stands once in `seen`."""
        line, value = node.get("number").line, node.get("number").value
        if value in seen:
            self.add(line, "number-twice", f"{what} has {value} twice, first in line {seen[value]}")
        seen.setdefault(value, line)
        return value

    def numbered(self, nodes, what):
        """(name, number, text) of a list."""
        names, numbers = {}, {}
        return [(self.name(node, names, what), self.number(node, numbers, what), _text(node))
                for node in nodes]

    def enumerations(self, nodes, names):
        """Read them and make their names known."""
        found = []
        for node in nodes:
            name = self.name(node, names, "enumerations")
            values = self.numbered(node.get("values").value, f"enumerations.{name}")
            found.append(model.Enumeration(name, _text(node), values))
            self.types[name] = ("enumeration", found[-1])
        return found

    def structures(self, nodes, names):
        """Read them; each knows those above it."""
        found = []
        for node in nodes:
            name = self.name(node, names, "structures")
            fields = self.fields(node.get("fields").value, f"structures.{name}")
            found.append(model.Structure(name, _text(node), fields))
            if found[-1].size > model.MESSAGE_MAX:
                self.add(node.line, "too-large", f"structures.{name} has {found[-1].size} bytes; a message "
                                                 f"has {model.MESSAGE_MAX}")
            self.types[name] = ("structure", found[-1])
        return found

    def fields(self, nodes, where):
        """The fields of a structure or a message."""
        names, found = {}, []
        for node in nodes:
            item = self.field(node, names, where)
            if item is not None:
                found.append(item)
        counters = {item.counter: item for item in found if item.variable}
        for item in found:
            if item.name in counters:
                self.add(item.line, "name-twice", f"{where}: '{item.name}' is what the number of elements of "
                                                  f"'{counters[item.name].name}' is called; take another name")
        return found

    def field(self, node, names, where):
        """One field, or None when its type is wrong."""
        name, kind = self.name(node, names, where), node.get("type").value
        where = f"{where}.{name}"
        if kind in ("bytes", "string", "handle"):
            found = (kind, None)
        else:
            found = ("scalar", kind) if kind in model.SCALARS else self.types.get(kind)
        if found is None:
            self.add(node.get("type").line, "unknown-type",
                     f"{where}: there is no type '{kind}' above this line")
            return None
        item = model.Field(name, found[0], found[1], _text(node), _plain(node, "count", 0),
                           _plain(node, "max", 0), _plain(node, "object", ""), _plain(node, "rights", None),
                           _plain(node, "move", False), node.line)
        self.shape(item, node, where)
        return item

    def shape(self, item, node, where):
        """count, max and the keys of handles fit the type."""
        if item.kind in ("bytes", "string") and (not item.max or item.count):
            self.add(node.line, "max", f"{where} needs 'max', the most elements, and no 'count'")
        elif item.count and item.max:
            self.add(node.line, "max", f"{where} has 'count' and 'max': a fixed or a variable number?")
        if item.kind != "handle":
            for key in ("object", "rights", "move"):
                if node.get(key) is not None:
                    self.add(node.get(key).line, "not-a-handle", f"{where}: '{key}' is for handles")
            return
        if item.count or item.max:
            self.add(node.line, "max", f"{where}: handles travel alone; give each a name")
        if item.object and item.object not in self.objects:
            self.add(node.get("object").line, "unknown-object",
                     f"{where}: there is no kind of object '{item.object}'; known: {', '.join(self.objects)}")
        known = self.objects.get(item.object) or sorted({r for all_ in self.objects.values() for r in all_})
        for right in node.get("rights").value if node.get("rights") else []:
            if right.value not in known:
                self.add(right.line, "unknown-right", f"{where}: {item.object or 'no object'} has no right "
                                                      f"'{right.value}'; known: {', '.join(known)}")

    def message(self, nodes, where, line):
        """A request or a reply."""
        found = model.Message(self.fields(nodes, where))
        if found.size_max > model.MESSAGE_MAX:
            self.add(line, "too-large", f"{where} has up to {found.size_max} bytes with header and padding; a "
                                        f"message has {model.MESSAGE_MAX}: lower a 'max', or hand over memory")
        if len(found.handles) > model.HANDLES_MAX:
            self.add(line, "too-many-handles", f"{where} has {len(found.handles)} handles; "
                                               f"{model.HANDLES_MAX} travel with a message")
        return found

    def operation(self, node, seen, known, minor):
        """One operation. seen: names and numbers so far; known: the errors of the interface."""
        names, numbers = seen
        name = self.name(node, names, "operations")
        number = self.number(node, numbers, "operations")
        where = f"operations.{name}"
        found = model.Operation(
            name, number, _plain(node, "since", 0), _text(node), _plain(node, "idempotent", False),
            _plain(node, "oneway", False),
            self.message(_list(node, "arguments"), f"{where}.arguments", node.line),
            self.message(_list(node, "results"), f"{where}.results", node.line),
            _plain(node, "errors", []))
        if found.since > minor:
            self.add(node.get("since").line, "since", f"{where} is since {found.since}, but the minor version "
                                                      f"is {minor}")
        for error in _list(node, "errors"):
            if error.value not in known:
                self.add(error.line, "unknown-error", f"{where}: the interface has no error '{error.value}'")
        if found.oneway and (found.reply.fields or found.errors or found.request.handles):
            self.add(node.line, "oneway", f"{where}: nobody replies to it, and it carries no handles")
        if found.idempotent and any(item.move for item in found.request.handles):
            self.add(node.line, "idempotent-move", f"{where} gives a handle away, so it cannot be made again")
        return found


def _text(node):
    return node.get("text").value if node.get("text") else ""


def _plain(node, key, default):
    return node.get(key).plain() if node.get(key) else default


def _list(node, key):
    return node.get(key).value if node.get(key) else []


def _clashes(checker, interface, line):
    """No two names of the C code are the same."""
    seen = {}
    taken = [(f"{e.name}_{value}", f"enumerations.{e.name}") for e in interface.enumerations
             for value, _, _ in e.values]
    taken += [(f"error_{name}", "errors") for name, _, _ in interface.errors]
    taken += [(f"operation_{op.name}", "operations") for op in interface.operations]
    taken += [(name, "the interface") for name in ("number", "major", "minor")]
    tags = [(s.name, f"structures.{s.name}") for s in interface.structures]
    tags += [(e.name, f"enumerations.{e.name}") for e in interface.enumerations]
    tags += [(f"{op.name}_{part}", f"operations.{op.name}") for op in interface.operations
             for part in ("arguments", "results", "request", "reply")]
    tags += [("error", "the interface"), ("operation", "the interface")]
    for name, where in [(name.upper(), where) for name, where in taken] + tags:
        if seen.get(name, where) != where:
            checker.add(line, "name-clash", f"{where} and {seen[name]} would both make '{name}' in C; "
                                            "rename one")
        seen[name] = where


def _texts(checker, node):
    """Texts go into comments and pages: no control characters, and nothing that ends a comment."""
    if isinstance(node.value, dict):
        for name, (member, _) in node.value.items():
            if name == "text" and isinstance(member.value, str):
                if any(ord(char) < 32 or ord(char) == 127 for char in member.value):
                    checker.add(member.line, "text", "a text is one line without control characters")
                if "*/" in member.value or member.value.endswith("\\"):
                    checker.add(member.line, "text", "a text cannot hold '*/' or end in a backslash")
            _texts(checker, member)
    elif isinstance(node.value, list):
        for member in node.value:
            _texts(checker, member)


def read(data, objects):
    """Return (Interface or None, list of Problem) for the bytes of a file; objects: kind -> rights."""
    checker = Checker()
    try:
        root = jsonpos.parse(data)
    except jsonpos.Problem as problem:
        return None, [problem]
    checker.check(root, rules.schema("interface.schema.json"), "the file")
    if checker.problems:
        return None, checker.problems
    _texts(checker, root)
    reader = _Reader(checker, objects)
    if root.get("name").value in RESERVED:
        checker.add(root.get("name").line, "reserved-name", f"'{root.get('name').value}' is a word of C, C++ or "
                                                            "this format; take another")
    if root.get("name").value in HEADERS:
        checker.add(root.get("name").line, "header-name", f"<{root.get('name').value}.h> is a header of the C library; "
                                                          "take another name")
    errors = reader.numbered(_list(root, "errors"), "errors")
    names = {}
    enumerations = reader.enumerations(_list(root, "enumerations"), names)
    structures = reader.structures(_list(root, "structures"), names)
    seen, minor = ({}, {}), root.get("minor").value
    known = {name for name, _, _ in errors}
    operations = [reader.operation(node, seen, known, minor) for node in root.get("operations").value]
    found = model.Interface(root.get("name").value, root.get("major").value, minor, _text(root), errors,
                            enumerations, structures, operations)
    if not checker.problems:
        _clashes(checker, found, root.line)
    return (None, checker.problems) if checker.problems else (found, [])
