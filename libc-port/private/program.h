// SPDX-License-Identifier: MIT
// What exec*() and posix_spawn*() share: where programs are, and which can be run.
#pragma once

#include <stddef.h>

#include <coconut/types.h>

#define COCO_SHELL "/bin/sh"
#define COCO_SCRIPT_LINE 256 /* bytes of a script's first line that are looked at */

/// Whether the file at an absolute path may be run: a regular file with an execute bit.
/// @return 0, or an errno value: EACCES, ENOENT, ENOTDIR, ...
int __coco_program_check(const char *absolute);

/// The same for what is known of a file. Pure. @return 0 or EACCES
int __coco_program_allowed(const struct coco_stat *found);

/// The interpreter that a script names in its first line.
struct coco_script {
    char line[COCO_SCRIPT_LINE + 1];
    char *interpreter;
    char *argument; /* one at most; NULL for none */
};

/// Read the first line of a file that is no program. No allocation.
/// @return 0, or ENOEXEC if it does not begin with "#!", or another errno value
int __coco_script_read(const char *absolute, struct coco_script *script);

/// State of a walk over PATH for a name without a slash.
struct coco_search {
    const char *folder; /* next one; NULL behind the last */
    const char *file;
    int error;    /* what the walk as a whole failed with so far */
    _Bool single; /* the name has a slash */
};

/// Begin a walk. A name with a slash is its own and only result; without PATH in the environment
/// the usual folders are looked at. An empty name has no result.
void __coco_search_begin(struct coco_search *search, const char *file);

/// The next place to look at, in `path` (COCO_PATH_MAX bytes). @return false behind the last
_Bool __coco_search_next(struct coco_search *search, char *path);

/// Note that the place of the last call failed with an errno value.
/// @return true to go on with the next place, false if the walk ends with that error
_Bool __coco_search_failed(struct coco_search *search, int error);
