// SPDX-License-Identifier: MIT
// compare FACADE.so OPENSSL.so [SCALE [WAY]]: the same inputs through both; the line protocol of
// the tests on standard output. WAY: see take_way(), and only what depends on it.
#include <stdio.h>
#include <stdlib.h>

#include "compare.h"

static uint64_t random_state = 0x9e3779b97f4a7c15;
static unsigned shown;

static void print_bytes(const char *what, const struct bytes *b)
{
    (void)printf("#   %s %zu: ", what, b->size);
    for (size_t i = 0; i < b->size; i++) {
        (void)printf("%02x", b->data[i]);
    }
    (void)printf("\n");
}

int same(const char *name, const struct bytes *in)
{
    static struct bytes out[2];
    int ours = do_call(FACADE, name, in, &out[FACADE]);
    int theirs = do_call(OPENSSL, name, in, &out[OPENSSL]);
    int good = (ours == 1) == (theirs == 1) &&
               (ours != 1 ||
                (out[0].size == out[1].size && memcmp(out[0].data, out[1].data, out[0].size) == 0));
    check(name, good);
    if (!good && shown++ < 5) {
        (void)printf("#   facade %d, OpenSSL %d\n", ours, theirs);
        for (size_t i = 0; i < MOST_INPUTS; i++) {
            print_bytes("input", &in[i]);
        }
        print_bytes("facade", &out[FACADE]);
        print_bytes("OpenSSL", &out[OPENSSL]);
    }
    return good ? ours : -1;
}

uint64_t random_below(uint64_t limit)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (random_state * 0x2545f4914f6cdd1d >> 16) % limit;
}

void random_bytes(struct bytes *b, size_t size)
{
    b->size = size;
    for (size_t i = 0; i < size; i++) {
        b->data[i] = (unsigned char)random_below(256);
    }
}

void random_number(struct bytes *b, size_t most)
{
    random_bytes(b, (size_t)random_below(most + 1));
    if (random_below(2) == 0 || b->size == 0) {
        return;
    }
    unsigned char fill = random_below(2) == 0 ? 0 : 0xff;
    memset(b->data, fill, b->size);
    size_t at = (size_t)random_below(b->size);
    switch (random_below(4)) {
    case 0:
        b->data[b->size - 1] = (unsigned char)random_below(4);
        break;
    case 1:
        b->data[at] = (unsigned char)(1u << random_below(8));
        break;
    case 2:
        b->data[0] = (unsigned char)random_below(256);
        b->data[b->size - 1] ^= (unsigned char)random_below(3);
        break;
    default:
        memset(b->data + at, 0xff - fill, b->size - at);
        break;
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        give_up("usage", "compare FACADE.so OPENSSL.so [SCALE [WAY]]");
    }
    unsigned scale = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 1;
    load_side(FACADE, argv[1]);
    load_side(OPENSSL, argv[2]);
    if (argc > 4) {
        if (!take_way(argv[4])) {
            return 0;
        }
        compare_ways(scale);
        check_way();
        return report();
    }
    check_vectors();
    compare_numbers(scale);
    compare_symmetric(scale);
    compare_curves(scale);
    compare_rsa(scale);
    return report();
}
