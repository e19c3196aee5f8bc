// SPDX-License-Identifier: MIT
// Labelled logs, and readers of the machine's log.
#pragma once

#include <coconut/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A record with its text, which is NUL-terminated.
struct log_seen {
    struct coco_log_record record;
    char text[COCO_LOG_TEXT_MAX + 1];
};

/// Whether the run has a SYSTEM handle that may make logs; otherwise tests are skipped.
bool logs_available(void);

/// A log with a label and no limit; COCO_HANDLE_NONE after recording a failure.
coco_handle_t log_made(const char *label);

/// Options of a log.
struct coco_log_options log_options(const char *label);

/// A reader that is at the end of the log; COCO_HANDLE_NONE after recording a failure.
coco_handle_t log_reader_made(void);

/// Reads on to the next record with that label: other processes may write, too. False when there is
/// none. Does not wait.
bool log_next(coco_handle_t reader, const char *label, struct log_seen *out);

/// How often `part` stands in the `len` bytes of `text`, such as the machine's log.
unsigned log_text_count(const char *text, int64_t len, const char *part);

/// What object_poll returns for a reader now.
uint32_t log_poll(coco_handle_t reader);
