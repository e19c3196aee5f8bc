// SPDX-License-Identifier: MIT
// Linear search, and doubly linked queues of anything that starts with two pointers.
#include <search.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct element {
    struct element *next;
    struct element *previous;
};

void *lfind(const void *key, const void *base, size_t *count, size_t size,
            int (*compare)(const void *, const void *))
{
    const char *element = base;
    for (size_t i = 0; i < *count; i++, element += size) {
        if (compare(key, element) == 0) {
            return (void *)(uintptr_t)element;
        }
    }
    return NULL;
}

void *lsearch(const void *key, void *base, size_t *count, size_t size,
              int (*compare)(const void *, const void *))
{
    void *found = lfind(key, base, count, size, compare);
    return found ? found : memcpy((char *)base + size * (*count)++, key, size);
}

void insque(void *new_element, void *predecessor)
{
    struct element *element = new_element;
    struct element *before = predecessor;
    element->previous = before;
    element->next = before ? before->next : NULL;
    if (element->next) {
        element->next->previous = element;
    }
    if (before) {
        before->next = element;
    }
}

void remque(void *old_element)
{
    struct element *element = old_element;
    if (element->next) {
        element->next->previous = element->previous;
    }
    if (element->previous) {
        element->previous->next = element->next;
    }
}
