# SPDX-License-Identifier: MIT
"""The user side: <coconut/*.h>."""

from .headers import rights_expression, shared_headers
from .model import BUFFER_KINDS, HANDLE_KINDS, REGISTERS
from .output import header, wrap

SCALAR_TYPES = {
    "U32": "uint32_t ", "U64": "uint64_t ", "I64": "int64_t ", "FLAGS": "uint32_t ",
    "HANDLE": "coco_handle_t ", "HANDLE_HELD": "coco_handle_t ", "HANDLE_OPT": "coco_handle_t ",
    "HANDLE_UNLESS": "coco_handle_t ", "HANDLE_NUM": "coco_handle_t ",
    "ADDR": "const volatile void *", "PATH": "const char *",
}


def parameters(call):
    """List of (declaration, expression for the register)."""
    found = []
    for a in call.arguments:
        const = "const " if a.is_input else ""
        if a.kind in SCALAR_TYPES:
            pointer = SCALAR_TYPES[a.kind].endswith("*")
            cast = "(uint64_t)(uintptr_t)" if pointer else "(uint64_t)"
            found.append((SCALAR_TYPES[a.kind] + a.name, cast + a.name))
        elif a.kind in BUFFER_KINDS:
            found.append((f"{const}void *{a.name}", f"(uint64_t)(uintptr_t){a.name}"))
            found.append((f"size_t {a.name}_len", f"(uint64_t){a.name}_len"))
        else:
            found.append((f"{const}struct {a.struct} *{a.name}", f"(uint64_t)(uintptr_t){a.name}"))
            if a.kind.endswith("_ARRAY"):
                found.append((f"size_t {a.name}_count", f"(uint64_t){a.name}_count"))
    return found


def documentation(abi, call):
    lines = wrap(call.brief, "/// ")
    for number, rule in enumerate(call.rules, 1):
        lines += wrap(f"{number}. {rule}", "/// ")
    for a in call.arguments:
        if a.kind in HANDLE_KINDS and a.rights:
            lines += wrap(f"`{a.name}` needs {' | '.join(a.rights)}.", "/// ")
    errors = call.errors + abi.implied_errors(call)
    if errors:
        lines += wrap("Errors: " + ", ".join("COCO_E" + e for e in errors) + ".", "/// ")
    return lines


def stub(abi, call):
    args = parameters(call)
    declared = ", ".join(d for d, _ in args) or "void"
    passed = ", ".join([f"COCO_SYS_{call.name.upper()}"] + [e for _, e in args])
    invoke = f"coco_syscall{len(args)}({passed})"
    lines = documentation(abi, call)
    if call.result == "NONE":
        lines += [f"__attribute__((noreturn)) static inline void coco_{call.name}({declared})", "{",
                  f"    {invoke};", "    __builtin_trap();", "}"]
        if call.arguments and call.arguments[0].kind == "HANDLE":
            # A refusal (bad handle, missing right) does return.
            lines = documentation(abi, call) + [
                f"static inline int64_t coco_{call.name}({declared})", "{",
                f"    return {invoke};", "}"]
    else:
        lines += [f"static inline int64_t coco_{call.name}({declared})", "{",
                  f"    return {invoke};", "}"]
    return lines


def syscalls_header(abi):
    lines = ["/// A result is an error when it lies in -COCO_ERROR_MAX..-1: coco_is_error().",
             "static inline int coco_is_error(int64_t result)", "{",
             "    return (uint64_t)result >= (uint64_t)-COCO_ERROR_MAX;", "}"]
    for call in abi.calls:
        lines += ["", *stub(abi, call)]
    return header("#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n" + "\n".join(lines) +
                  "\n\n#ifdef __cplusplus\n}\n#endif",
                  ["<stddef.h>", "<stdint.h>", '"arch/x86_64.h"', '"errors.h"', '"numbers.h"',
                   '"types.h"'])


def error_table_header(abi):
    lines = ["/// X(name, value, errno constant, text) for every error. Include <errno.h> to use the third.",
             "#define COCO_ERROR_TABLE(X) \\"]
    rows = [f'    X({e.name}, {e.value}, {e.posix}, "{e.meaning}")' for e in abi.errors]
    return header("\n".join(lines) + "\n" + " \\\n".join(rows))


def call_table_header(abi):
    kinds = ["U32", "U64", "I64", "FLAGS", "HANDLE", "HANDLE_OPT", "HANDLE_NUM", "ADDR", "PATH",
             "IN_BUF", "OUT_BUF", "IN_BUF_LAZY", "OUT_BUF_LAZY", "IN_ARRAY", "OUT_ARRAY",
             "IN_STRUCT", "OUT_STRUCT", "HANDLE_HELD", "HANDLE_UNLESS"]
    lines = ["/// Every call with its arguments as data, for table-driven tests, tracers and fuzzers.",
             "enum coco_argument_kind {"]
    lines += [f"    COCO_ARGUMENT_{kind}," for kind in kinds]
    lines += ["};", "", "struct coco_argument_info {", "    const char *name;",
              "    uint8_t kind;           /* enum coco_argument_kind */",
              "    uint8_t first_register; /* 0 RDI, 1 RSI, 2 R8, 3 R9, 4 R10 */",
              "    uint16_t reserved;",
              "    uint32_t types;         /* handles: bit n accepts objects with tag n */",
              "    uint32_t rights;        /* handles: rights that the call needs */",
              "    uint32_t mask;          /* FLAGS: bits that the call knows */",
              "    uint32_t element_size;  /* arrays and structures: bytes of one */", "};", "",
              "struct coco_call_info {", "    const char *name;", "    uint64_t number;",
              "    uint8_t returns; /* 0: the call ends the caller */", "    uint8_t argument_count;",
              "    struct coco_argument_info arguments[5];", "};", "",
              f"#define COCO_CALL_COUNT {len(abi.calls)}u", "",
              "static const struct coco_call_info coco_calls[COCO_CALL_COUNT] "
              "__attribute__((unused)) = {"]
    for call in abi.calls:
        lines.append(f'    {{"{call.name}", {call.number:#x}, {int(call.result != "NONE")}, '
                     f"{len(call.arguments)},")
        rows = [argument_row(abi, a) for a in call.arguments] or ["{0, 0, 0, 0, 0, 0, 0, 0}"]
        lines.append("     {" + ",\n      ".join(rows) + "}},")
    return header("\n".join(lines + ["};"]), ["<stdint.h>", '"objects.h"', '"rights.h"', '"types.h"'])


def argument_row(abi, a):
    types = 0
    if a.kind in HANDLE_KINDS:
        types = sum(1 << o.tag for o in abi.objects if a.types == ["ANY"] or o.name in a.types)
    mask = f"COCO_{a.mask}" if a.mask else "0"
    size = f"sizeof(struct {a.struct})" if a.struct else "0"
    return (f'{{"{a.name}", COCO_ARGUMENT_{a.kind}, {a.register}, 0, {types:#x}u, '
            f"{rights_expression(a.rights)}, {mask}, {size}}}")


def x86_64_header():
    lines = ["/// The one instruction that enters the kernel. The number goes in RAX, arguments in RDI, RSI, R8,",
             "/// R9 and R10; the result comes back in RAX. The kernel promises all registers but RAX, RCX and",
             "/// R11. Registers behind the last argument are not set: the kernel does not look at them.", ""]
    pins = [r.lower() for r in REGISTERS]
    for count in range(6):
        declared = "".join(f", uint64_t a{i}" for i in range(count))
        lines += [f"static inline int64_t coco_syscall{count}(uint64_t number{declared})", "{",
                  "    int64_t result;"]
        lines += [f'    register uint64_t {pins[i]} __asm__("{pins[i]}") = a{i};' for i in range(count)]
        inputs = "".join(f', "r"({pins[i]})' for i in range(count))
        lines += ['    __asm__ volatile("int $0x80"', '                     : "=a"(result)',
                  f'                     : "a"(number){inputs}',
                  '                     : "rcx", "r11", "memory", "cc");', "    return result;", "}", ""]
    return header("\n".join(lines), ["<stdint.h>"])


def user_files(abi):
    """Map of path below the folder <coconut/> to text."""
    files = dict(shared_headers(abi))
    files["arch/x86_64.h"] = x86_64_header()
    files["syscalls.h"] = syscalls_header(abi)
    files["error_table.h"] = error_table_header(abi)
    files["call_table.h"] = call_table_header(abi)
    return files
