// SPDX-License-Identifier: MIT
// The memory functions under other names, against byte loops, on buffers that end where memory
// ends.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

void *port_memcpy(void *restrict to, const void *restrict from, size_t len);
void *port_memmove(void *to, const void *from, size_t len);
void *port_memset(void *memory, int byte, size_t len);
int port_memcmp(const void *left, const void *right, size_t len);

#define LONGEST 660 // two rounds of the longest loop, and all ends
#define FARTHEST 280

static void fill(unsigned char *buffer, size_t len, unsigned seed)
{
    for (size_t i = 0; i < len; i++) {
        buffer[i] = (unsigned char)(i * 7 + seed);
    }
}

static bool test_copy(size_t len, size_t shift)
{
    unsigned char *from = malloc(len + shift + 1); // exact ends: a read beyond them is seen
    unsigned char *to = malloc(len + shift + 1);
    fill(from, len + shift + 1, 1);
    memset(to, 0xee, len + shift + 1);
    bool good = port_memcpy(to + shift, from + shift, len) == to + shift;
    for (size_t i = 0; i < len + shift + 1; i++) {
        bool copied = i >= shift && i < shift + len;
        good = good && to[i] == (copied ? from[i] : 0xee);
    }
    free(from);
    free(to);
    return good;
}

static bool test_move(size_t len, size_t from, size_t to)
{
    unsigned char buffer[LONGEST + FARTHEST + 64];
    unsigned char expected[sizeof(buffer)];
    fill(buffer, sizeof(buffer), 3);
    memcpy(expected, buffer, sizeof(buffer));
    for (size_t i = 0; i < len; i++) {
        expected[to + i] = buffer[from + i];
    }
    return port_memmove(buffer + to, buffer + from, len) == buffer + to &&
           memcmp(buffer, expected, sizeof(buffer)) == 0;
}

static bool test_set(size_t len, size_t shift, int byte)
{
    unsigned char *buffer = malloc(len + shift + 1);
    memset(buffer, 0x11, len + shift + 1);
    bool good = port_memset(buffer + shift, byte, len) == buffer + shift;
    for (size_t i = 0; i < len + shift + 1; i++) {
        bool set = i >= shift && i < shift + len;
        good = good && buffer[i] == (set ? (unsigned char)byte : 0x11);
    }
    free(buffer);
    return good;
}

static bool test_compare(size_t len, size_t differ)
{
    unsigned char *a = malloc(len + 1);
    unsigned char *b = malloc(len + 1);
    fill(a, len, 5);
    fill(b, len, 5);
    bool good = port_memcmp(a, b, len) == 0;
    if (differ < len) {
        a[differ] = 0x80; // sign must not matter
        b[differ] = 0x7f;
        good = good && port_memcmp(a, b, len) > 0 && port_memcmp(b, a, len) < 0 &&
               port_memcmp(a, b, differ) == 0;
    }
    free(a);
    free(b);
    return good;
}

int main(void)
{
    bool copy = true;
    bool move = true;
    bool set = true;
    bool compare = true;
    for (size_t len = 0; len <= LONGEST; len++) {
        for (size_t shift = 0; shift < 17; shift += 3) {
            copy = copy && test_copy(len, shift);
            set = set && test_set(len, shift, (int)(len * 31) - 40) && test_set(len, shift, 0x1ff);
        }
        for (size_t distance = 0; distance <= FARTHEST; distance += 1 + distance / 20) {
            move = move && test_move(len, 20, 20 + distance) && test_move(len, 20 + distance, 20);
        }
        for (size_t differ = 0; differ <= len; differ += 1 + differ / 8) {
            compare = compare && test_compare(len, differ);
        }
    }
    CHECK("string.memcpy", copy);
    CHECK("string.memmove", move);
    CHECK("string.memset", set);
    CHECK("string.memcmp", compare);
    return unit_finish();
}
