// SPDX-License-Identifier: MIT
// Parts of hostile-client.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <coconut/coconut.h>

/// A page that the honest client and the supervisor map.
struct progress {
    uint64_t answers; /* atomic: right answers that the honest client got */
    uint32_t over;    /* atomic: it is to end */
    uint32_t reserved;
};

/// Maps the page; NULL if it is not there.
struct progress *progress_map(coco_handle_t memory);

/// The server. Exit code.
int store_serve(void);

/// The honest client: puts and gets, and compares. Exit code.
int honest(void);

/// An attack.
struct attack {
    const char *name;
    int (*run)(coco_handle_t connection); /* exit code: how much was not refused */
    uint32_t times;                       /* how often it is started */
    bool killed; /* it goes on until it is killed, with messages in flight */
};

extern const struct attack attacks[];
extern const uint32_t attack_count;
