// SPDX-License-Identifier: MIT
// Backtraces for programs. Frames are found as in start/backtrace.c.
#include <execinfo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../private/start.h"
#include "../private/thread.h"

#define TEXT_MAX 64 /* bytes of one address's text with its NUL */

struct frame {
    const struct frame *next;
    uintptr_t return_address;
};

int backtrace(void **addresses, int size)
{
    const struct __pthread *self = __coco_self();
    const struct frame *frame = __builtin_frame_address(0);
    // The first thread's stack has no end here, but frames grow upwards and the last one's pointer
    // is zero.
    uintptr_t end = self->stack ? (uintptr_t)self->stack + self->stack_size : UINTPTR_MAX;
    int count = 0;
    while (count < size && frame && frame->return_address) {
        addresses[count++] = (void *)frame->return_address;
        uintptr_t next = (uintptr_t)frame->next;
        if (next <= (uintptr_t)frame || next > end - sizeof(*frame) || next % sizeof(next) != 0) {
            break;
        }
        frame = frame->next;
    }
    return count;
}

// Whether an address lies in the program's image.
static int inside(uintptr_t address)
{
    extern const char _end[] __attribute__((visibility("hidden")));
    return address >= (uintptr_t)&__ehdr_start && address < (uintptr_t)_end;
}

static int describe(char *out, const void *address)
{
    uintptr_t at = (uintptr_t)address;
    return inside(at) ? snprintf(out, TEXT_MAX, "program(+0x%lx) [0x%lx]",
                                 (unsigned long)(at - __coco_load_base), (unsigned long)at)
                      : snprintf(out, TEXT_MAX, "[0x%lx]", (unsigned long)at);
}

char **backtrace_symbols(void *const *addresses, int size)
{
    size_t count = size > 0 ? (size_t)size : 0;
    char **texts = calloc(count + 1, sizeof(*texts) + TEXT_MAX);
    char *text = texts ? (char *)(texts + count + 1) : NULL;
    for (size_t i = 0; texts && i < count; i++) {
        texts[i] = text;
        text += describe(text, addresses[i]) + 1;
    }
    return texts;
}

void backtrace_symbols_fd(void *const *addresses, int size, int fd)
{
    for (int i = 0; i < size; i++) {
        char text[TEXT_MAX + 1];
        int len = describe(text, addresses[i]);
        text[len++] = '\n';
        if (write(fd, text, (size_t)len) != len) {
            return; // there is no way to tell
        }
    }
}
