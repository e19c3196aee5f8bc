// SPDX-License-Identifier: MIT
#include "rights.h"

#include <stdlib.h>
#include <string.h>

/* Part `index` of a list with commas between them; its length, 0 if there is none. */
static size_t part_of(const char *list, uint64_t index, const char **part)
{
    while (list != NULL && index > 0) {
        list = strchr(list, ',');
        list = list != NULL ? list + 1 : NULL;
        index--;
    }
    *part = list;
    return list != NULL ? strcspn(list, ",") : 0;
}

static bool is(const char *text, size_t text_len, const char *name, size_t len)
{
    return text_len == len && memcmp(text, name, len) == 0;
}

bool rights_allow(uint64_t place, const char *name, size_t len)
{
    const char *part;

    if (place == 0) {
        return false; /* who started us asks us to end, nothing else */
    }
    size_t part_len = part_of(getenv("COCONUT_LOG_SERVICES"), place - 1, &part);
    if (part_len > 0 && is(part, part_len, name, len)) {
        return true;
    }
    part_len = part_of(getenv("COCONUT_LOG_RIGHTS"), place - 1, &part);
    while (part_len > 0) {
        size_t one = strcspn(part, "+,");

        if (is(part, one, "*", 1) || is(part, one, name, len)) {
            return true;
        }
        one += one < part_len ? 1 : 0;
        part += one;
        part_len -= one;
    }
    return false;
}
