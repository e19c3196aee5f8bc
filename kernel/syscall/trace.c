// SPDX-License-Identifier: MIT
// The trace: two lines of the log for each call, as `coconut trace` reads them:
//
//   call TIME PROGRAM:PROCESS.THREAD NAME(ARGUMENT=VALUE, ...)
//   call TIME PROGRAM:PROCESS.THREAD NAME = RESULT, or ERROR RESULT
//
// TIME is in nanoseconds since boot. What a call would read of user memory is shown only where it
// is there already: looking changes nothing.
#include "trace.h"

#include <arch/timer.h>
#include <base/format.h>
#include <base/log.h>
#include <mm/user_copy.h>
#include <task/process.h>

#include "names.h"

#define TEXT_MAX 180u
#define SHOWN_MAX 32u /* bytes of a path or of what is written */

const struct syscall_info *syscall_info_find(uint64_t number)
{
    for (unsigned i = 0; i < SYSCALL_INFO_COUNT; i++) {
        if (syscall_infos[i].number == number) {
            return &syscall_infos[i];
        }
    }
    return NULL;
}

/// The first bytes of user memory at `address` as text in quotes, behind an equals sign, with dots
/// where there are more than shown: `len` of them, or up to a NUL byte for a path. Returns the
/// length, which may exceed `size`; 0 if they are not there.
static size_t format_bytes(char *text, size_t size, uaddr_t address, uint64_t len, bool path)
{
    uint8_t bytes[SHOWN_MAX];
    uint64_t page_rest = PAGE_SIZE - (address.v & (PAGE_SIZE - 1));
    uint64_t here = MIN(len, page_rest);
    size_t shown = (size_t)MIN(here, SHOWN_MAX);
    size_t at = 0;

    if (shown == 0 || !user_copy_in_plain(bytes, address, shown)) {
        return 0;
    }
    at += ksnprintf(text, size, "=\"");
    size_t i = 0;

    for (; i < shown && !(path && bytes[i] == 0) && at < size; i++) {
        bool plain = bytes[i] >= ' ' && bytes[i] <= '~' && bytes[i] != '"' && bytes[i] != '\\';
        at += ksnprintf(text + at, size - at, plain ? "%c" : "\\x%02x", bytes[i]);
    }
    if (at < size) {
        at += ksnprintf(text + at, size - at, i == shown && len > shown ? "\"..." : "\"");
    }
    return at;
}

/// Name and address of an argument that is looked at itself; a length is shown behind it.
static size_t format_memory(char *text, size_t size, const struct syscall_argument_info *argument,
                            const uint64_t *registers)
{
    uint64_t address = registers[argument->first_register];
    bool path = argument->kind == SYSCALL_ARGUMENT_PATH;
    uint64_t len = path ? COCO_PATH_MAX : registers[argument->first_register + 1];
    size_t at = ksnprintf(text, size, "%s", syscall_name(argument->name));
    size_t shown = at < size ? format_bytes(text + at, size - at, uaddr(address), len, path) : 0;

    if (shown == 0 && at < size) {
        shown = ksnprintf(text + at, size - at, "=0x%lx", address);
    }
    at += shown;
    if (!path && at < size) {
        at += ksnprintf(text + at, size - at, "+%lu", len);
    }
    return at;
}

/// One argument as text; returns the length, which may exceed `size`.
static size_t format_argument(char *text, size_t size, const struct syscall_argument_info *argument,
                              const uint64_t *registers)
{
    uint64_t value = registers[argument->first_register];

    switch (argument->kind) {
    case SYSCALL_ARGUMENT_HANDLE:
    case SYSCALL_ARGUMENT_HANDLE_OPT:
    case SYSCALL_ARGUMENT_HANDLE_NUM:
    case SYSCALL_ARGUMENT_I64:
        return ksnprintf(text, size, "%s=%ld", syscall_name(argument->name), (long)value);
    case SYSCALL_ARGUMENT_PATH:
    case SYSCALL_ARGUMENT_IN_BUF:
        return format_memory(text, size, argument, registers);
    case SYSCALL_ARGUMENT_OUT_BUF:
    case SYSCALL_ARGUMENT_IN_ARRAY:
    case SYSCALL_ARGUMENT_OUT_ARRAY:
        return ksnprintf(text, size, "%s=0x%lx+%lu", syscall_name(argument->name), value,
                         registers[argument->first_register + 1]);
    default:
        return ksnprintf(text, size, "%s=0x%lx", syscall_name(argument->name), value);
    }
}

void trace_call(const struct syscall_frame *frame)
{
    const struct syscall_info *info = syscall_info_find(frame->number);
    char text[TEXT_MAX] = "";
    size_t len = 0;

    for (unsigned i = 0; info != NULL && i < info->argument_count && len < sizeof(text); i++) {
        if (i > 0) {
            len += ksnprintf(text + len, sizeof(text) - len, ", ");
        }
        if (len < sizeof(text)) {
            len += format_argument(text + len, sizeof(text) - len,
                                   &syscall_arguments[info->arguments + i], frame->args);
        }
    }
    const struct process *process = process_current();
    if (info == NULL) {
        (void)ksnprintf(text, sizeof(text), "number=0x%lx", frame->number);
    }
    klog(LOG_INFO, "call %lu %s:%lu.%lu %s(%s)", arch_time_ns(), process_name(process),
         process_id(process), thread_id(thread_current()),
         info == NULL ? "unknown" : syscall_name(info->name), text);
}

void trace_result(const struct syscall_frame *frame, int64_t result)
{
    const struct syscall_info *info = syscall_info_find(frame->number);
    const char *error = syscall_error_name(result);

    const struct process *process = process_current();

    klog(LOG_INFO, "call %lu %s:%lu.%lu %s = %s%s%ld", arch_time_ns(), process_name(process),
         process_id(process), thread_id(thread_current()),
         info == NULL ? "unknown" : syscall_name(info->name), error == NULL ? "" : error,
         error == NULL ? "" : " ", (long)result);
}
