// SPDX-License-Identifier: MIT
// Return addresses of the calling thread, for `coconut symbolize`. Frames are found by the chain of
// frame pointers, which all code of this system keeps.
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/backtrace.h"
#include "../private/fd.h"
#include "../private/start.h"
#include "../private/thread.h"

#define FRAMES_MAX 64u
#define HEX_LEN 18u /* 0x and 16 digits */

struct frame {
    const struct frame *next;
    uintptr_t return_address;
};

struct line {
    size_t len;
    char text[32 + (FRAMES_MAX + 1) * (HEX_LEN + 1)];
};

static __attribute__((noinline)) void put(struct line *line, const char *text)
{
    while (*text != '\0') {
        line->text[line->len++] = *text++;
    }
}

static __attribute__((noinline)) void put_hex(struct line *line, uintptr_t value)
{
    int shift = 60;
    while (shift > 0 && value >> shift == 0) {
        shift -= 4;
    }
    put(line, "0x");
    for (; shift >= 0; shift -= 4) {
        line->text[line->len++] = "0123456789abcdef"[value >> shift & 15];
    }
}

void __coco_backtrace(void)
{
    if (!getenv("COCONUT_BACKTRACE")) {
        return;
    }
    struct file_description *out = __coco_fd_get(STDERR_FILENO);
    const struct frame *frame = __builtin_frame_address(0);
    // Up to the thread's control block; the first thread's stack has no such end, but frames grow
    // upwards and the last one's pointer is zero.
    const struct __pthread *self = __coco_self();
    uintptr_t end = self->stack ? (uintptr_t)self->stack + self->stack_size : UINTPTR_MAX;
    struct line line = {.len = 0};
    put(&line, "backtrace, loaded at ");
    put_hex(&line, __coco_load_base);
    put(&line, ":");
    for (unsigned i = 0; i < FRAMES_MAX && frame && frame->return_address; i++) {
        put(&line, " ");
        put_hex(&line, frame->return_address);
        uintptr_t next = (uintptr_t)frame->next;
        if (next <= (uintptr_t)frame || next > end - sizeof(*frame) || next % sizeof(next) != 0) {
            break;
        }
        frame = frame->next;
    }
    put(&line, "\n");
    // The process ends in any case; there is no one left to tell about a failed write.
    (void)coco_write(out ? out->handle : COCO_HANDLE_LOG, line.text, line.len);
}
