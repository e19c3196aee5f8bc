// SPDX-License-Identifier: MIT
// What init tells the host when the program has ended: the end of what is
// written to the stream of role REPORT.
#pragma once

#include <stdint.h>

#include <coconut/types.h>

/// Values of `status.reason` beyond enum coco_exit_reason; `status.code` is then the positive
/// number of a system call's error.
enum report_reason {
    REPORT_NOT_STARTED = 0x100,   /* process_spawn refused */
    REPORT_BAD_RUN = 0x101,       /* /coconut/run is missing or damaged */
    REPORT_BAD_DIRECTORY = 0x102, /* a directory could not be created */
    REPORT_WAIT_FAILED = 0x103,   /* process_wait refused */
};

/// Ticks are values of the time-stamp counter.
struct report {
    char magic[4];       /* "CRP1" */
    uint32_t send_error; /* not all files could be sent back: the positive number of an error */
    struct coco_exit_status status;
    uint64_t boot_tick;  /* the kernel's first instruction */
    uint64_t init_tick;  /* the kernel started init */
    uint64_t start_tick; /* init is about to start the program */
    uint64_t end_tick;   /* the program has ended */
    uint64_t tick_hz;
};

_Static_assert(sizeof(struct report) == 96, "the host reads 96 bytes");
