// SPDX-License-Identifier: MIT
// A stream with a host at the other end: reads standard input in pieces of many sizes to its end
// and writes the same bytes to standard output. Exit code 0 if every call did what the ABI says;
// the host compares. The rules it proves, with image/image_test.py: RULE("read.4").
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/raw.h>
#include <harness/string.h>

#define BUFFER_SIZE 20000u
#define UNMAPPED 0x8000u

static uint8_t buffer[BUFFER_SIZE];

/* 0, or the number of the expectation that did not hold. */
static int copy(coco_handle_t in, coco_handle_t out)
{
    static const size_t sizes[] = {1, 7, 4096, 3, BUFFER_SIZE, 100};
    for (size_t i = 0;; i++) {
        size_t size = sizes[i % (sizeof(sizes) / sizeof(sizes[0]))];
        int64_t got = coco_read(in, buffer, size);
        if (got < 0 || (uint64_t)got > size) {
            return 2;
        }
        if (got == 0) {
            return 0;
        }
        if (coco_write(out, buffer, (size_t)got) != got) {
            return 3;
        }
    }
}

int program_main(void)
{
    coco_handle_t in = entry_handle(COCO_ROLE_STDIN);
    coco_handle_t out = entry_handle(COCO_ROLE_STDOUT);
    /* Length 0 neither waits nor looks at the address. */
    if (RAW(COCO_SYS_READ, in, UNMAPPED, 0) != 0 || RAW(COCO_SYS_WRITE, out, UNMAPPED, 0) != 0) {
        return 4;
    }
    /* The directions are fixed. */
    if (coco_write(in, buffer, 1) != COCO_ERDONLY || coco_read(out, buffer, 1) != COCO_EWRONLY) {
        return 5;
    }
    if (RAW(COCO_SYS_WRITE, out, UNMAPPED, 1) != COCO_EFAULT) {
        return 6;
    }
    int code = copy(in, out);
    /* The end stays the end. */
    if (code == 0 && coco_read(in, buffer, 1) != 0) {
        return 7;
    }
    return code;
}
