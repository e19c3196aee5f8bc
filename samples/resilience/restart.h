// SPDX-License-Identifier: MIT
// What supervisor, server and clients have in common.
#pragma once

#include <stdint.h>

#include <coconut/coconut.h>

#define CLIENTS 2u

/// A page that all of them map. It keeps the number while there is no server.
struct shared {
    uint64_t value; /* atomic: the number */
    uint32_t over;  /* atomic: there is nothing left to count */
    uint32_t reserved;
    struct tally {
        uint64_t added;    /* calls that said they added one */
        uint64_t canceled; /* calls of which nobody knows */
        uint64_t looks;
        uint64_t retried; /* looks that a restart was in the middle of, each made again */
    } clients[CLIENTS];
};

/// Maps the page; NULL if it is not there.
struct shared *shared_map(coco_handle_t memory);

/// The server: answers a few calls and hangs in the middle of the next. Exit code.
int serve(void);

/// Client `number`: counts until there is nothing left to count. Exit code.
int count(uint32_t number);
