// SPDX-License-Identifier: MIT
// How the minimal runtime writes a report: its own way for programs without a standard error, taken
// here to add where the program was loaded, without which its address says little.
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

namespace
{
constexpr size_t line_size = 160; // the runtime's longest message has 60 characters

int take_base(dl_phdr_info *program, size_t, void *base)
{
    *static_cast<uintptr_t *>(base) = program->dlpi_addr;
    return 1; // the first is the program, the only one
}

char *put(char *to, const char *text)
{
    size_t len = strlen(text);
    memcpy(to, text, len);
    return to + len;
}

char *put_hex(char *to, uintptr_t value)
{
    int shift = 60;
    while (shift > 0 && value >> shift == 0) {
        shift -= 4;
    }
    for (; shift >= 0; shift -= 4) {
        *to++ = "0123456789abcdef"[value >> shift & 15];
    }
    return to;
}
} // namespace

// Called by the runtime with one line. It may be in any state of the program: no memory is taken.
extern "C" void ubsan_message(const char *text)
{
    char line[line_size];
    size_t len = strnlen(text, line_size / 2);
    memcpy(line, text, len);
    if (len > 0 && text[len - 1] == '\n' && strstr(text, " by 0x")) {
        uintptr_t base = 0;
        dl_iterate_phdr(take_base, &base);
        char *end = put_hex(put(line + len - 1, ", loaded at 0x"), base);
        *end++ = '\n';
        len = static_cast<size_t>(end - line);
    }
    // There is nobody left to tell about a failed write.
    (void)!write(STDERR_FILENO, line, len);
}
