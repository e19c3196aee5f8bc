// SPDX-License-Identifier: MIT
// Parser of the kernel command line.
#include <base/log.h>
#include <base/string.h>
#include <plat/options.h>

/// One word of the command line; not NUL-terminated.
struct word {
    const char *text;
    size_t len;
};

static bool word_is(struct word word, const char *text)
{
    return word.len == strlen(text) && memcmp(word.text, text, word.len) == 0;
}

static bool word_takes_prefix(struct word *word, const char *prefix)
{
    size_t len = strlen(prefix);
    if (word->len < len || memcmp(word->text, prefix, len) != 0) {
        return false;
    }
    word->text += len;
    word->len -= len;
    return true;
}

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return (unsigned)(c - 'a') + 10;
    }
    return 255;
}

/// Takes a decimal or 0x number, with an optional K, M or G behind it, off the front of `word`.
static bool word_takes_number(struct word *word, uint64_t *out)
{
    unsigned base = word_takes_prefix(word, "0x") ? 16 : 10;
    uint64_t value = 0;
    size_t digits = 0;
    while (word->len > 0 && digit_value(*word->text) < base) {
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit_value(*word->text), &value)) {
            return false;
        }
        word->text++;
        word->len--;
        digits++;
    }
    static const char units[] = "KMG";
    for (unsigned i = 0; i < 3; i++) {
        if (word->len > 0 && *word->text == units[i]) {
            word->text++;
            word->len--;
            if (__builtin_mul_overflow(value, 1ull << (10 * (i + 1)), &value)) {
                return false;
            }
            break;
        }
    }
    *out = value;
    return digits > 0;
}

/// SIZE@BASE:LINE
static bool parse_device(struct word word, struct boot_device *out)
{
    uint64_t line;
    if (!word_takes_number(&word, &out->len) || !word_takes_prefix(&word, "@") ||
        !word_takes_number(&word, &out->base) || !word_takes_prefix(&word, ":") ||
        !word_takes_number(&word, &line) || word.len != 0 || line > UINT32_MAX) {
        return false;
    }
    out->line = (uint32_t)line;
    return true;
}

/// ROWSxCOLUMNS[,stderr]
static bool parse_console(struct word word, struct boot_console *out)
{
    uint64_t rows, columns;
    if (!word_takes_number(&word, &rows) || !word_takes_prefix(&word, "x") ||
        !word_takes_number(&word, &columns) || rows > UINT16_MAX || columns > UINT16_MAX) {
        return false;
    }
    bool with_errors = word_takes_prefix(&word, ",stderr");
    if (word.len != 0) {
        return false;
    }
    *out = (struct boot_console){true, with_errors, (uint16_t)rows, (uint16_t)columns};
    return true;
}

/// Takes one word in; NULL, or what is wrong with it.
static const char *parse_word(struct word word, struct boot_options *out)
{
    struct word rest = word;
    if (word_is(word, "log=serial")) {
        out->log_serial = true;
    } else if (word_is(word, "log=host")) {
        out->log_host = true;
    } else if (word_is(word, "trace=syscalls")) {
        out->trace_syscalls = true;
    } else if (word_is(word, "shortage=on")) {
        out->shortage = true;
    } else if (word_takes_prefix(&rest, "console=")) {
        return parse_console(rest, &out->console) ? NULL : "a console is written ROWSxCOLUMNS";
    } else if (word_takes_prefix(&rest, "virtio_mmio.device=")) {
        if (out->device_count == BOOT_DEVICES_MAX) {
            return "too many devices";
        }
        if (!parse_device(rest, &out->devices[out->device_count])) {
            return "a device is written SIZE@BASE:LINE";
        }
        out->device_count++;
    } else {
        return "unknown word";
    }
    return NULL;
}

static void parse(const char *cmdline, struct boot_options *out, bool report)
{
    memset(out, 0, sizeof(*out));
    while (*cmdline != '\0') {
        struct word word = {cmdline, 0};
        while (cmdline[word.len] != '\0' && cmdline[word.len] != ' ') {
            word.len++;
        }
        const char *problem = word.len > 0 ? parse_word(word, out) : NULL;
        if (problem != NULL && report) {
            klog(LOG_WARN, "command line: \"%.*s\" ignored: %s", (int)word.len, word.text, problem);
        }
        cmdline += word.len;
        cmdline += *cmdline == ' ' ? 1 : 0;
    }
}

void boot_options_parse(const char *cmdline, struct boot_options *out)
{
    parse(cmdline, out, false);
}

void boot_options_report(const char *cmdline)
{
    static struct boot_options scratch;
    parse(cmdline, &scratch, true);
}
