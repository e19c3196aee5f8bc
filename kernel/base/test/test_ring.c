// SPDX-License-Identifier: MIT
#include "unit.h"
#include <base/ring.h>
#include <string.h>

#define SIZE 37u

/// Bytes the ring ought to hold, oldest first.
struct model {
    uint8_t bytes[SIZE];
    size_t len;
};

static void model_drop(struct model *model, size_t count)
{
    memmove(model->bytes, model->bytes + count, model->len - count);
    model->len -= count;
}

static void compare(const struct ring *ring, const struct model *model)
{
    uint8_t seen[SIZE];
    size_t offset = unit_random_below(SIZE + 2);
    size_t expected = offset < model->len ? model->len - offset : 0;

    UNIT_EQUAL(ring_len(ring), model->len);
    UNIT_EQUAL(ring_space(ring), SIZE - model->len);
    UNIT_EQUAL(ring_peek(ring, offset, seen, SIZE), expected);
    UNIT_CHECK(expected == 0 || memcmp(seen, model->bytes + offset, expected) == 0);
}

UNIT_TEST(ring_agrees_with_an_array)
{
    uint8_t storage[SIZE];
    uint8_t data[2 * SIZE];
    struct ring ring;
    struct model model = {.len = 0};

    ring_init(&ring, storage, SIZE);
    for (unsigned round = 0; round < 5000; round++) {
        size_t len = unit_random_below(round % 3 == 0 ? sizeof(data) : 12);
        size_t count;

        for (size_t i = 0; i < len; i++) {
            data[i] = (uint8_t)unit_random();
        }
        switch (unit_random_below(3)) {
        case 0:
            count = MIN(len, SIZE - model.len);
            UNIT_EQUAL(ring_write(&ring, data, len), count);
            memcpy(model.bytes + model.len, data, count);
            model.len += count;
            break;
        case 1: {
            size_t skip = len > SIZE ? len - SIZE : 0;
            size_t kept = len - skip;
            size_t old = kept > SIZE - model.len ? kept - (SIZE - model.len) : 0;

            UNIT_EQUAL(ring_write_over(&ring, data, len), skip + old);
            model_drop(&model, old);
            memcpy(model.bytes + model.len, data + skip, kept);
            model.len += kept;
            break;
        }
        default:
            count = MIN(len, model.len);
            UNIT_EQUAL(ring_read(&ring, data, len), count);
            UNIT_CHECK(memcmp(data, model.bytes, count) == 0);
            model_drop(&model, count);
            break;
        }
        compare(&ring, &model);
    }
}
