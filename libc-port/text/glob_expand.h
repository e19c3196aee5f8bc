// SPDX-License-Identifier: MIT
// What glob() does to a pattern before it looks at files.
#pragma once

#include <glob.h>

// Called for each pattern that stands without braces. Result: 0 to go on, else the result of all.
typedef int (*__coco_glob_visit)(void *context, const char *pattern);

// Calls `visit` for each alternative of the braces in `pattern`, in their order; an unpaired brace
// and
// `{}` stand for themselves. Result: 0, what `visit` gave, or GLOB_NOSPACE, which more than 65,536
// alternatives are, too.
int __coco_glob_braces(const char *pattern, int flags, __coco_glob_visit visit, void *context);

// `pattern` with the home directory for a leading `~` or `~user`, from malloc(); a copy of
// `pattern` if there is none. NULL: no memory.
char *__coco_glob_tilde(const char *pattern);
