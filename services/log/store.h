// SPDX-License-Identifier: MIT
// What the log service keeps: of each name the last records, and the last reports on processes that
// ended badly. All of it is of fixed size; nothing here asks who may read it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <coconut/types.h>

#define STORE_NAMES_MAX 72u   /* services of an image, init, the kernel, and some */
#define STORE_RECORDS_MAX 64u /* of each name */
#define STORE_CRASHES_MAX 4u
#define STORE_CRASH_TEXT_MAX 3000u

/// A record that is kept.
struct stored {
    uint64_t sequence;
    uint64_t time;
    uint64_t process;
    uint32_t priority;
    uint32_t flags;
    uint32_t text_len;
    char text[COCO_LOG_TEXT_MAX];
};

/// A report: the texts of its records, a line each.
struct stored_crash {
    uint64_t sequence;
    uint64_t time;
    uint64_t process;
    uint32_t text_len;
    char text[STORE_CRASH_TEXT_MAX];
};

struct stored_name {
    char name[COCO_LOG_LABEL_MAX];
    uint64_t records; /* so far; record n is at n % STORE_RECORDS_MAX */
    uint64_t crashes; /* so far */
    struct stored record[STORE_RECORDS_MAX];
    struct stored_crash crash[STORE_CRASHES_MAX];
};

/// Takes in records as `log_read` stores them. What is no such record ends it.
void store_add(const void *records, size_t len);

/// What is kept under entry `index`, or a name of `len` bytes; NULL: nothing.
const struct stored_name *store_at(uint32_t index);
const struct stored_name *store_find(const char *name, size_t len);

/// The first record from `sequence` on that is at least as urgent as `severity`; NULL: none.
const struct stored *store_record(const struct stored_name *name, uint64_t sequence,
                                  uint32_t severity);

/// Report `index`, 0 for the newest; NULL: it is not there.
const struct stored_crash *store_crash(const struct stored_name *name, uint32_t index);

/// How many of each are there.
uint32_t store_kept(const struct stored_name *name);
uint32_t store_crashes(const struct stored_name *name);
