// SPDX-License-Identifier: MIT
#include "user_vector.h"

#include <base/math.h>

struct user_out user_vector_next(const struct user_vector *vector, uint64_t max)
{
    for (uint32_t i = vector->index; i < vector->count; i++) {
        uint64_t offset = i == vector->index ? vector->offset : 0;
        uint64_t rest = vector->parts[i].length - offset;

        if (rest > 0) {
            return (struct user_out){uaddr(vector->parts[i].address + offset), MIN(rest, max)};
        }
    }
    return (struct user_out){uaddr(0), 0};
}

void user_vector_advance(struct user_vector *vector, uint64_t len)
{
    vector->left -= len;
    while (len > 0) {
        uint64_t part = MIN(len, vector->parts[vector->index].length - vector->offset);

        vector->offset += part;
        len -= part;
        if (vector->offset == vector->parts[vector->index].length) {
            vector->index++;
            vector->offset = 0;
        }
    }
}
