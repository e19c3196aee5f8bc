# SPDX-License-Identifier: MIT
"""The user side: <coconut/*.h>, and the names of the calls for host tools."""

import json

from .headers import call_table_header, shared_headers
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


def calls_json(abi):
    """Classes and calls by name, kinds of object with their rights, as host tools read them."""
    calls = sorted(abi.calls, key=lambda call: call.number)
    return json.dumps({
        "classes": {c.name: c.value for c in abi.classes},
        "calls": {call.name: [call.call_class.name, call.index] for call in calls},
        "objects": {kind.name: kind.rights for kind in abi.objects},
    }, indent=1) + "\n"
