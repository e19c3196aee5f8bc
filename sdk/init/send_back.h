// SPDX-License-Identifier: MIT
// What `coconut run --dir` brings back: the files of some directories, as they are when the program
// has ended, written to the stream of role REPORT before the report.
#pragma once

#include <stdint.h>

#include <coconut/types.h>

#include "run_description.h"

/// One file or directory; its path without a NUL and its data follow.
struct sent_file {
    char magic[4];        /* "CFIL" */
    uint32_t type;        /* COCO_TYPE_FILE or COCO_TYPE_DIR */
    uint32_t path_len;    /* bytes, below COCO_PATH_MAX */
    uint32_t permissions; /* the low nine bits count */
    uint64_t size;        /* bytes of data; 0 for a directory */
};

_Static_assert(sizeof(struct sent_file) == 24, "the host reads 24 bytes");

/// Send all that is in `directories`. Symbolic links, pipes and sockets are left out. Result: 0, or
/// the first error; the host then keeps its own files as they are.
int64_t send_back(coco_handle_t report, struct run_strings directories);
