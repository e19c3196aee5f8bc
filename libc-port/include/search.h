// SPDX-License-Identifier: MIT
// newlib's <search.h> and the tables and queues that it lacks.
#pragma once

#include_next <search.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Look for a key among `*__count` elements from `__base` on. @return the element, or NULL (lfind),
/// or a new one at the end, for which the caller has room (lsearch)
void *lfind(const void *__key, const void *__base, size_t *__count, size_t __size,
            int (*__compare)(const void *, const void *));
void *lsearch(const void *__key, void *__base, size_t *__count, size_t __size,
              int (*__compare)(const void *, const void *));

/// Elements start with two pointers: next, previous. A NULL predecessor starts a list.
void insque(void *__element, void *__predecessor);
void remque(void *__element);

#ifdef __cplusplus
}
#endif
