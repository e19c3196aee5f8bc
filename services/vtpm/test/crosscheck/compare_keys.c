// SPDX-License-Identifier: MIT
// Inputs for elliptic curves and RSA.
#include "compare.h"

/// p, a, b, x and y of the generator, order, as FIPS 186-4, ISO/IEC 15946-5 and GB/T 32918 publish
/// them.
static const char *const curves[][6] = {
    {"fffffffffffffffffffffffffffffffeffffffffffffffff",
     "fffffffffffffffffffffffffffffffefffffffffffffffc",
     "64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1",
     "188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012",
     "07192b95ffc8da78631011ed6b24cdd573f977a11e794811",
     "ffffffffffffffffffffffff99def836146bc9b1b4d22831"},
    {"ffffffffffffffffffffffffffffffff000000000000000000000001",
     "fffffffffffffffffffffffffffffffefffffffffffffffffffffffe",
     "b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4",
     "b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21",
     "bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34",
     "ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d"},
    {"ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
     "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
     "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
     "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
     "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"},
    {"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffff"
     "fff",
     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffff"
     "ffc",
     "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2"
     "aef",
     "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760"
     "ab7",
     "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0"
     "e5f",
     "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52"
     "973"},
    {"1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "fffffff"
     "fffffffffffffffffffffffffffffff",
     "1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "fffffff"
     "ffffffffffffffffffffffffffffffc",
     "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb"
     "1bf0735"
     "73df883d2c34f1ef451fd46b503f00",
     "c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2f"
     "fa8de33"
     "48b3c1856a429bf97e7e31c2e5bd66",
     "11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013f"
     "ad07613"
     "53c7086a272c24088be94769fd16650",
     "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f7"
     "09a5d03"
     "bb5c9b8899c47aebb6fb71e91386409"},
    {"fffffffffffcf0cd46e5f25eee71a49f0cdc65fb12980a82d3292ddbaed33013", "", "3", "1", "2",
     "fffffffffffcf0cd46e5f25eee71a49e0cdc65fb1299921af62d536cd10b500d"},
    {"fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff",
     "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc",
     "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93",
     "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7",
     "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0",
     "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123"},
};
#define CURVES (sizeof(curves) / sizeof(curves[0]))

/// Takes length and bytes off a result.
static void take(struct bytes *to, const struct bytes *from, size_t *at)
{
    to->size = (size_t)from->data[*at] << 8 | from->data[*at + 1];
    memcpy(to->data, from->data + *at + 2, to->size);
    *at += 2 + to->size;
}

/// A scalar: small, near the order, or any, also longer than the order.
static void random_scalar(struct bytes *b, const struct bytes *order)
{
    switch (random_below(4)) {
    case 0:
        *b = *order;
        b->data[b->size - 1] = (unsigned char)(b->data[b->size - 1] + random_below(5) - 2);
        break;
    case 1:
        random_bytes(b, 1);
        b->data[0] %= 4;
        break;
    default:
        random_number(b, order->size + 8);
        break;
    }
}

static void compare_multiples(struct bytes *in)
{
    static struct bytes out;
    random_scalar(&in[6], &in[5]);
    random_scalar(&in[7], &in[5]);
    in[8].size = in[9].size = 0;
    if (random_below(16) != 0) {
        static struct bytes maker[MOST_INPUTS];
        memcpy(maker, in, 6 * sizeof(in[0]));
        random_scalar(&maker[6], &in[5]);
        if (random_below(8) == 0) {
            maker[6] = in[6]; // the same point twice
        }
        size_t at = 0;
        if (do_call(OPENSSL, "EC multiples", maker, &out) == 1 &&
            memcmp(out.data, "infinity", 8) != 0) {
            take(&in[8], &out, &at);
            take(&in[9], &out, &at);
        }
    }
    check("EC multiples", same("EC multiples", in) == 1);
    in[6] = in[8];
    in[7] = in[9];
    if (random_below(3) == 0) {
        random_number(&in[6], in[0].size + 1);
    }
    (void)same("EC on curve", in);
}

/// Signs with one library and verifies with both; then a damaged one.
static void compare_ecdsa(struct bytes *in)
{
    static struct bytes out, verdict;
    static const size_t sizes[] = {20, 32, 48, 64};
    for (enum side side = FACADE; side <= OPENSSL; side++) {
        random_number(&in[6], in[5].size - 1);
        if (random_below(3) == 0 || in[6].size == 0) {
            in[6].size = 0; // a key of the library's own
        } else {
            in[6].data[in[6].size - 1] |= 1;
        }
        random_bytes(&in[7], sizes[random_below(4)]);
        int done = do_call(side, "ECDSA sign", in, &out);
        check("ECDSA sign", done == 1);
        if (done != 1) {
            continue;
        }
        in[6] = out;
        for (enum side verifier = FACADE; verifier <= OPENSSL; verifier++) {
            done = do_call(verifier, "ECDSA verify", in, &verdict);
            check("ECDSA sign", done == 1 && verdict.data[0] == 1);
        }
        if (random_below(2) == 0) {
            in[7].data[random_below(in[7].size)] ^= 1;
        } else {
            in[6].data[in[6].size - 1] ^= 1;
        }
        (void)same("ECDSA verify", in);
    }
}

void compare_curves(unsigned scale)
{
    static struct bytes in[MOST_INPUTS], out;
    for (size_t curve = 0; curve < CURVES; curve++) {
        unsigned cases = curve < 3 ? 120 : 30;
        for (unsigned i = 0; i < cases * scale; i++) {
            for (size_t part = 0; part < 6; part++) {
                from_hex(&in[part], curves[curve][part]);
            }
            compare_multiples(in);
            if (i % 2 == 0) {
                compare_ecdsa(in);
            }
        }
    }
    // Private keys that are none: 0, and the order.
    in[6].size = 1;
    in[6].data[0] = 0;
    check("ECDSA bad key", do_call(FACADE, "ECDSA sign", in, &out) != 1);
    in[6] = in[5];
    check("ECDSA bad key", do_call(FACADE, "ECDSA sign", in, &out) != 1);
    // A field of 638 bits is more than there is room for, and must be refused, not computed.
    random_bytes(&in[0], 80);
    in[0].data[0] = 0x3f;
    in[0].data[79] |= 1;
    check("EC too large", do_call(FACADE, "EC on curve", in, &out) != 1);
}

static void compare_encryption(struct bytes *in, size_t size)
{
    static const unsigned char paddings[] = {1, 3, 4};
    static struct bytes out, back, text;
    in[3].size = 3;
    in[3].data[0] = paddings[random_below(3)];
    in[3].data[1] = (unsigned char)random_below(4);
    in[3].data[2] = (unsigned char)random_below(256);
    random_bytes(&in[4], in[3].data[0] == 3 ? size : (size_t)random_below(80));
    if (in[3].data[0] == 3) {
        in[4].data[0] = (unsigned char)random_below(random_below(2) == 0 ? 1 : 256);
        (void)same("RSA encrypt", in);
    }
    text = in[4];
    for (enum side side = FACADE; side <= OPENSSL; side++) {
        in[4] = text;
        int done = do_call(side, "RSA encrypt", in, &out);
        check("RSA encrypt", done == do_call(1 - side, "RSA encrypt", in, &back));
        if (done != 1) {
            continue;
        }
        in[4] = out;
        done = do_call(1 - side, "RSA decrypt", in, &back);
        check("RSA decrypt",
              done == 1 && back.size == text.size && memcmp(back.data, text.data, text.size) == 0);
        in[4].data[in[4].size / 2] ^= 4;
        (void)same("RSA decrypt", in);
    }
}

static void compare_signature(struct bytes *in)
{
    static const unsigned char paddings[] = {1, 6};
    static const size_t sizes[] = {20, 32, 48, 64};
    static struct bytes out;
    in[3].size = 3;
    in[3].data[0] = paddings[random_below(2)];
    in[3].data[1] = (unsigned char)random_below(4);
    // salt lengths: maximum, automatic, that of the digest, 0
    in[3].data[2] = (unsigned char)random_below(4);
    random_bytes(&in[4], random_below(16) == 0 ? 21 : sizes[in[3].data[1]]);
    if (in[3].data[0] == 1) {
        (void)same("RSA sign", in);
    }
    for (enum side side = FACADE; side <= OPENSSL; side++) {
        int done = do_call(side, "RSA sign", in, &out);
        check("RSA sign", done == 1 ? in[4].size != 21 : in[4].size == 21 || in[3].data[1] == 3);
        if (done != 1) {
            continue;
        }
        in[5] = out;
        (void)same("RSA verify", in);
        check("RSA verify", do_call(1 - side, "RSA verify", in, &out) == 1 && out.data[0] == 1);
        in[5].data[random_below(in[5].size)] ^= 0x10;
        (void)same("RSA verify", in);
    }
}

void compare_rsa(unsigned scale)
{
    static struct bytes in[MOST_INPUTS], out;
    for (unsigned key = 0; key < 6; key++) {
        in[0].size = key < 4 ? 128 : 256;
        size_t at = 0, size = in[0].size;
        int done = do_call(key % 2 == 0 ? FACADE : OPENSSL, "RSA generate", in, &out);
        check("RSA generate", done == 1);
        if (done != 1) {
            continue;
        }
        take(&in[0], &out, &at);
        take(&in[1], &out, &at);
        take(&in[2], &out, &at);
        check("RSA generate", in[0].size == size && (in[0].data[0] & 0x80) != 0);
        for (unsigned i = 0; i < (key < 4 ? 60 : 20) * scale; i++) {
            compare_encryption(in, size);
            compare_signature(in);
        }
    }
    in[0].size = 100;
    check("RSA generate", do_call(FACADE, "RSA generate", in, &out) != 1);
}
