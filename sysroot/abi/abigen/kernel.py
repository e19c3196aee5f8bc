# SPDX-License-Identifier: MIT
"""The kernel's side: enum status, handler prototypes, thunks, dispatch tables, names."""

from .headers import call_table_header, rights_expression, shared_headers
from .model import (HANDLE_KINDS, PRIVATE_CLASS_BIT, REQUIRED_HANDLE_KINDS, RIGHTS_KINDS,
                    WIDTH_32_KINDS)
from .output import C_NOTICE, header, wrap

PARAMETER_TYPES = {
    "U32": "uint32_t ", "U64": "uint64_t ", "I64": "int64_t ", "FLAGS": "uint32_t ",
    "HANDLE": "struct object *", "HANDLE_OPT": "struct object *",
    "HANDLE_HELD": "struct held_object ", "HANDLE_UNLESS": "struct held_object ", "HANDLE_NUM": "uint32_t ", "ADDR": "uaddr_t ",
    "PATH": "uaddr_t ", "IN_STRUCT": "uaddr_t ", "OUT_STRUCT": "uaddr_t ",
    "IN_BUF": "struct user_in ", "OUT_BUF": "struct user_out ",
    "IN_BUF_LAZY": "struct user_in ", "OUT_BUF_LAZY": "struct user_out ",
    "IN_ARRAY": "struct user_in ", "OUT_ARRAY": "struct user_out ",
}


def status_header(abi):
    lines = ["/// Result of a kernel function that can fail: OK or the error a system call returns.",
             "enum status {", "    OK = 0,"]
    lines += [f"    ERR_{e.name} = {e.value}, /* {e.meaning} */" for e in abi.errors]
    lines += ["};", "",
              "/// The error for a handle that lacks the rights `missing` (not 0): that of the lowest bit.",
              "static inline enum status status_missing_right(uint32_t missing)", "{"]
    for right in sorted(abi.rights, key=lambda r: r.bit):
        if right.missing != "PERM":
            lines += [f"    if (missing & {1 << right.bit:#x}u) {{",
                      f"        return ERR_{right.missing};", "    }"]
    lines += ["    return ERR_PERM;", "}"]
    return header("\n".join(lines), ["<stdint.h>"])


def parameters(call):
    return ", ".join(PARAMETER_TYPES[a.kind] + a.name for a in call.arguments) or "void"


def prototypes_header(abi):
    lines = ["/// An object and the rights of the handle that named it.", "struct held_object {",
             "    struct object *object; /* NULL if the call was made without one */",
             "    uint32_t rights;", "};", "",
             "/// Handlers of the system calls, in the order of the table. Arguments are checked as their",
             "/// kind in syscalls.def says; objects are held by the caller. Result: a value, or an error."]
    for call in abi.calls:
        lines += ["", *wrap(call.brief, "/// "), f"int64_t sys_{call.name}({parameters(call)});"]
    return header("\n".join(lines), ["<base/types.h>", "<mm/user_copy.h>", "<object/object.h>"])


def type_mask(abi, names):
    if names == ["ANY"]:
        names = [o.name for o in abi.objects]
    return " | ".join(f"(1u << COCO_OBJECT_{name})" for name in names)


class Thunk:
    """One function from registers to a handler's typed arguments, refusing in the fixed order."""

    def __init__(self, abi, call):
        self.abi, self.call = abi, call
        self.lines, self.held = [], []

    def text(self):
        call = self.call
        self.lines = [f"static int64_t thunk_{call.name}(const struct syscall_frame *frame)", "{"]
        if not call.arguments:
            self.lines.append("    (void)frame;")
        self._widths()
        self._handles()
        self._memory()
        passed = ", ".join(a.name for a in call.arguments)
        if self.held:
            self.lines.append(f"    result = sys_{call.name}({passed});")
            if self._fallible_memory():
                self.lines.append("out:")
            for argument in reversed(self.held):
                put = "decode_put"
                if argument.kind not in REQUIRED_HANDLE_KINDS:
                    put = "decode_put_optional"
                self.lines.append(f"    {put}({self._object(argument)});")
            self.lines.append("    return result;")
        else:
            self.lines.append(f"    return sys_{call.name}({passed});")
        return "\n".join(self.lines + ["}", ""])

    @staticmethod
    def _object(argument):
        return argument.name + (".object" if argument.kind in RIGHTS_KINDS else "")

    def _refuse(self, condition, error):
        self.lines += [f"    if (unlikely({condition})) {{", f"        return {error};", "    }"]

    def _widths(self):
        for argument in self.call.arguments:
            raw = f"frame->args[{argument.register}]"
            if argument.kind in WIDTH_32_KINDS:
                name = argument.name
                if argument.kind in HANDLE_KINDS:
                    name += "_number"
                self.lines.append(f"    const uint32_t {name} = (uint32_t){raw};")
                self._refuse(f"!decode_is_32({raw})", "ERR_INVAL")
                if argument.kind == "FLAGS":
                    self._refuse(f"({name} & ~COCO_{argument.mask}) != 0", "ERR_INVAL")
            elif argument.kind == "U64":
                self.lines.append(f"    const uint64_t {argument.name} = {raw};")
            elif argument.kind == "I64":
                self.lines.append(f"    const int64_t {argument.name} = (int64_t){raw};")
            elif argument.kind in ("ADDR", "PATH"):
                self.lines.append(f"    const uaddr_t {argument.name} = {{{raw}}};")

    def _handles(self):
        for argument in self.call.arguments:
            if argument.kind not in HANDLE_KINDS:
                continue
            if not self.held:
                self.lines.append("    int64_t result;")
            elif len(self.held) > 1:
                raise AssertionError("at most two handles per call")
            indent = "    "
            condition = f"{argument.name}_number != COCO_HANDLE_NONE"
            if argument.kind == "HANDLE_UNLESS":
                condition += f" && ({argument.unless[0]} & COCO_{argument.unless[1]}) == 0"
            optional = argument.kind not in REQUIRED_HANDLE_KINDS
            lookup = "decode_handle"
            if argument.kind in RIGHTS_KINDS:
                lookup = "decode_handle_held"
                self.lines.append(f"    struct held_object {argument.name} = {{NULL, 0}};")
            else:
                self.lines.append(f"    struct object *{argument.name} = NULL;")
            if optional:
                self.lines.append(f"    if ({condition}) {{")
                indent += "    "
            self.lines += [f"{indent}result = {lookup}({argument.name}_number, "
                           f"{type_mask(self.abi, argument.types)}, "
                           f"{rights_expression(argument.rights)}, &{argument.name});",
                           f"{indent}if (unlikely(result != OK)) {{"]
            for other in reversed(self.held):
                self.lines.append(f"{indent}    decode_put_optional({self._object(other)});")
            self.lines += [f"{indent}    return result;", f"{indent}}}"]
            if optional:
                self.lines.append("    }")
            self.held.append(argument)

    def _fallible_memory(self):
        kinds = ("IN_BUF", "OUT_BUF", "IN_ARRAY", "OUT_ARRAY", "IN_STRUCT", "OUT_STRUCT")
        return any(a.kind in kinds for a in self.call.arguments)

    def _memory(self):
        for argument in self.call.arguments:
            raw = f"frame->args[{argument.register}]"
            length = f"frame->args[{argument.register + 1}]"
            direction = "in" if argument.is_input else "out"
            if argument.kind.endswith(("_BUF", "_LAZY")):
                self.lines.append(f"    const struct user_{direction} {argument.name} = "
                                  f"{{{{{raw}}}, {length}}};")
                if not argument.lazy:
                    self._check_memory(f"decode_range({raw}, {length})")
            elif argument.kind.endswith("_ARRAY"):
                self.lines.append(f"    struct user_{direction} {argument.name} = {{{{{raw}}}, 0}};")
                self._check_memory(f"decode_array({raw}, {length}, sizeof(struct {argument.struct}), "
                                   f"&{argument.name}.len)")
            elif argument.kind.endswith("_STRUCT"):
                self.lines.append(f"    const uaddr_t {argument.name} = {{{raw}}};")
                self._check_memory(f"decode_range({raw}, sizeof(struct {argument.struct}))")

    def _check_memory(self, check):
        if not self.held:
            self._refuse(f"!{check}", "ERR_INVAL")
            return
        self.lines += [f"    if (unlikely(!{check})) {{", "        result = ERR_INVAL;",
                       "        goto out;", "    }"]


def thunks_source(abi):
    lines = [C_NOTICE, "// Thunks: from the registers of a call to the typed arguments of its handler.",
             '#include "thunks.h"', "", '#include "decode.h"', '#include "prototypes.h"', ""]
    lines += [Thunk(abi, call).text() for call in abi.calls]
    for call_class in abi.classes:
        calls = {c.index: c for c in abi.calls if c.call_class is call_class}
        lines.append(f"static const struct syscall_entry entries_{call_class.name.lower()}[] = {{")
        lines += [f"    [{index}] = {{thunk_{calls[index].name}}}," for index in sorted(calls)]
        lines += ["};", ""]
    for label, chosen in (("public", 0), ("private", PRIVATE_CLASS_BIT)):
        rows = [c for c in abi.classes if c.value & PRIVATE_CLASS_BIT == chosen]
        lines.append(f"const struct syscall_class syscall_{label}_classes"
                     f"[SYSCALL_{label.upper()}_CLASS_COUNT] = {{")
        for row in rows:
            name = f"entries_{row.name.lower()}"
            lines.append(f"    [{row.value & ~PRIVATE_CLASS_BIT}] = "
                         f"{{{name}, sizeof({name}) / sizeof({name}[0])}},")
        lines += ["};", ""]
    return "\n".join(lines)


def thunks_header(abi):
    public = [c for c in abi.classes if not c.value & PRIVATE_CLASS_BIT]
    private = [c for c in abi.classes if c.value & PRIVATE_CLASS_BIT]
    unknown = {label: {c.unknown for c in rows}
               for label, rows in (("PUBLIC", public), ("PRIVATE", private))}
    lines = ["/// One call; an unused number has a NULL thunk.", "struct syscall_entry {",
             "    int64_t (*thunk)(const struct syscall_frame *frame);", "};", "",
             "/// One class of calls; an unused class has count 0.", "struct syscall_class {",
             "    const struct syscall_entry *entries;", "    uint32_t count;", "};", ""]
    lines += ["/// Indices of calls lie below.",
              f"#define SYSCALL_INDEX_COUNT {max(c.index for c in abi.calls) + 1}u", ""]
    for label, rows in (("PUBLIC", public), ("PRIVATE", private)):
        count = max(c.value & ~PRIVATE_CLASS_BIT for c in rows) + 1
        if len(unknown[label]) != 1:
            raise AssertionError(f"the {label} classes disagree on the error for unknown calls")
        lines += [f"/// {label.capitalize()} classes, by the low bits of the class.",
                  f"#define SYSCALL_{label}_CLASS_COUNT {count}u",
                  f"#define SYSCALL_{label}_UNKNOWN ERR_{next(iter(unknown[label]))}",
                  f"extern const struct syscall_class syscall_{label.lower()}_classes"
                  f"[SYSCALL_{label}_CLASS_COUNT];", ""]
    lines += ["/// Bit of the class field that marks a private class.",
              f"#define SYSCALL_PRIVATE_BIT {PRIVATE_CLASS_BIT:#x}u"]
    return header("\n".join(lines), ["<abi/status.h>", "<arch/trap.h>", "<base/types.h>"])


def argument_rows(call):
    rows = []
    for argument in call.arguments:
        base = argument.kind.replace("_LAZY", "").replace("HANDLE_UNLESS", "HANDLE_OPT")
        base = base.replace("HANDLE_HELD", "HANDLE")
        rows.append((argument.name, f"SYSCALL_ARGUMENT_{base}", argument.register))
    return rows


class NameTable:
    """Names one behind the other, each once; a name is its offset, which needs no relocation."""

    def __init__(self):
        self.offsets = {}
        self.size = 0

    def offset(self, name):
        if name not in self.offsets:
            self.offsets[name] = self.size
            self.size += len(name) + 1
        return self.offsets[name]

    def rows(self):
        return [f'    "{name}\\0"' for name in self.offsets]


def names_source(abi):
    names = NameTable()
    calls = []
    arguments = []
    for call in sorted(abi.calls, key=lambda c: c.number):
        calls.append(f"    {{{call.number:#x}, {names.offset(call.name)}, {len(arguments)}, "
                     f"{len(call.arguments)}}}, // {call.name}")
        arguments += [f"    {{{names.offset(name)}, {kind}, {register}}}, // {name}"
                      for name, kind, register in argument_rows(call)]
    lines = [C_NOTICE, "// Names of the calls and their arguments, sorted by number, for the trace.",
             '#include "names.h"', "", "const char syscall_names[] ="]
    lines += names.rows()
    lines[-1] += ";"
    lines += ["", "const struct syscall_argument_info syscall_arguments[] = {"] + arguments
    lines += ["};", "", "const struct syscall_info syscall_infos[SYSCALL_INFO_COUNT] = {"] + calls
    lines += ["};", "", "const char *syscall_error_name(int64_t result)", "{", "    switch (result) {"]
    for error in abi.errors:
        lines += [f"    case ERR_{error.name}:", f'        return "E{error.name}";']
    lines += ["    default:", "        return NULL;", "    }", "}", ""]
    return "\n".join(lines)


def names_header(abi):
    kinds = ["U32", "U64", "I64", "FLAGS", "HANDLE", "HANDLE_OPT", "HANDLE_NUM", "ADDR", "PATH",
             "IN_BUF", "OUT_BUF", "IN_ARRAY", "OUT_ARRAY", "IN_STRUCT", "OUT_STRUCT"]
    lines = ["/// Kinds of argument, as in syscalls.def.", "enum syscall_argument_kind {"]
    lines += [f"    SYSCALL_ARGUMENT_{kind}," for kind in kinds]
    lines += ["};", "", "struct syscall_argument_info {",
              "    uint16_t name;          /* for syscall_name() */",
              "    uint8_t kind;           /* enum syscall_argument_kind */",
              "    uint8_t first_register; /* index in syscall_frame.args */", "};", "",
              "extern const struct syscall_argument_info syscall_arguments[];", "",
              "struct syscall_info {", "    uint64_t number;",
              "    uint16_t name;      /* for syscall_name() */",
              "    uint16_t arguments; /* the first one's place in syscall_arguments */",
              "    uint8_t argument_count;", "};", "",
              "/// All names, one behind the other, each with its NUL.",
              "extern const char syscall_names[];", "",
              "static inline const char *syscall_name(uint16_t name)", "{",
              "    return syscall_names + name;", "}", "",
              f"#define SYSCALL_INFO_COUNT {len(abi.calls)}u",
              "/// All calls, in ascending order of number.",
              "extern const struct syscall_info syscall_infos[SYSCALL_INFO_COUNT];", "",
              "/// Name of an error result, NULL if `result` is none.",
              "const char *syscall_error_name(int64_t result);"]
    return header("\n".join(lines), ["<abi/status.h>", "<base/types.h>"])


def layout_source(abi):
    lines = [C_NOTICE, "// The generator's reading of types.h agrees with the compiler's.",
             "#include <abi/types.h>", "", "#include <stddef.h>", ""]
    for struct in abi.structs:
        lines.append(f"_Static_assert(sizeof(struct {struct.name}) == {struct.size}, "
                     f'"golden: size of {struct.name}");')
        for member in struct.members:
            lines.append(f"_Static_assert(offsetof(struct {struct.name}, {member.name}) == "
                         f'{member.offset}, "golden: {struct.name}.{member.name}");')
    return "\n".join(lines) + "\n"


def contract_source(abi):
    """Handlers for host tests: each checks that its arguments are what its kinds promise."""
    lines = [C_NOTICE, "// Handlers for tests of the thunks: they check what a real handler relies on.",
             '#include "contract.h"', "", '#include "prototypes.h"', ""]
    for call in abi.calls:
        lines += [f"int64_t sys_{call.name}({parameters(call)})", "{"]
        for a in call.arguments:
            if a.kind == "FLAGS":
                lines.append(f"    contract_flags({a.name}, COCO_{a.mask});")
            elif a.kind in HANDLE_KINDS:
                optional = "false" if a.kind in REQUIRED_HANDLE_KINDS else "true"
                if a.kind in RIGHTS_KINDS:
                    lines.append(f"    contract_rights({a.name}.object, {a.name}.rights, "
                                 f"{rights_expression(a.rights)});")
                held = a.name + (".object" if a.kind in RIGHTS_KINDS else "")
                lines.append(f"    contract_object({held}, {type_mask(abi, a.types)}, {optional});")
            elif a.kind.endswith(("_BUF", "_ARRAY")):
                lines.append(f"    contract_range({a.name}.addr, {a.name}.len);")
            elif a.kind.endswith("_STRUCT"):
                lines.append(f"    contract_range({a.name}, sizeof(struct {a.struct}));")
            else:
                lines.append(f"    (void){a.name};")
        lines += [f"    return contract_result({call.number:#x});", "}", ""]
    return "\n".join(lines)


def kernel_files(abi):
    """Map of path below the output folder to text."""
    files = {f"abi/{name}": text for name, text in shared_headers(abi).items()}
    files["abi/status.h"] = status_header(abi)
    files["abi/call_table.h"] = call_table_header(abi)
    files["syscall/prototypes.h"] = prototypes_header(abi)
    files["syscall/thunks.h"] = thunks_header(abi)
    files["syscall/thunks.c"] = thunks_source(abi)
    files["syscall/names.h"] = names_header(abi)
    files["syscall/names.c"] = names_source(abi)
    files["syscall/layout.c"] = layout_source(abi)
    files["syscall/contract_handlers.c"] = contract_source(abi)
    return files
