// SPDX-License-Identifier: MIT
#include "trace.h"

#include <base/format.h>
#include <base/log.h>
#include <task/process.h>

#include "names.h"

#define TEXT_MAX 200u

const struct syscall_info *syscall_info_find(uint64_t number)
{
    for (unsigned i = 0; i < SYSCALL_INFO_COUNT; i++) {
        if (syscall_infos[i].number == number) {
            return &syscall_infos[i];
        }
    }
    return NULL;
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
        return ksnprintf(text, size, "%s=%ld", argument->name, (long)value);
    case SYSCALL_ARGUMENT_IN_BUF:
    case SYSCALL_ARGUMENT_OUT_BUF:
    case SYSCALL_ARGUMENT_IN_ARRAY:
    case SYSCALL_ARGUMENT_OUT_ARRAY:
        return ksnprintf(text, size, "%s=0x%lx+%lu", argument->name, value,
                         registers[argument->first_register + 1]);
    default:
        return ksnprintf(text, size, "%s=0x%lx", argument->name, value);
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
            len +=
                format_argument(text + len, sizeof(text) - len, &info->arguments[i], frame->args);
        }
    }
    if (info == NULL) {
        klog(LOG_INFO, "call %s:%lu 0x%lx", process_name(process_current()),
             thread_id(thread_current()), frame->number);
        return;
    }
    klog(LOG_INFO, "call %s:%lu %s(%s)", process_name(process_current()),
         thread_id(thread_current()), info->name, text);
}

void trace_result(const struct syscall_frame *frame, int64_t result)
{
    const struct syscall_info *info = syscall_info_find(frame->number);
    const char *error = syscall_error_name(result);

    klog(LOG_INFO, "call %s:%lu %s = %s%s0x%lx", process_name(process_current()),
         thread_id(thread_current()), info == NULL ? "unknown" : info->name,
         error == NULL ? "" : error, error == NULL ? "" : " ", (uint64_t)result);
}
