// SPDX-License-Identifier: MIT
// Published vectors: FIPS 180-4, FIPS 197, SP 800-38A, RFC 3713, RFC 6979 (a signature, to verify).
#include "compare.h"

/// Inputs in hexadecimal and how the output must begin.
struct vector {
    const char *source, *call;
    const char *in[MOST_INPUTS];
    size_t skip; ///< bytes of the output before the expected ones; hashes give their state first
    const char *expected;
};

#define SP800_38A_KEY "2b7e151628aed2a6abf7158809cf4f3c"
#define SP800_38A_IV "000102030405060708090a0b0c0d0e0f"
#define SP800_38A_TEXT "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
#define P256                                                                                       \
    "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",                            \
        "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",                        \
        "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",                        \
        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",                        \
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",                        \
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

static const struct vector vectors[] = {
    {"FIPS 180", "SHA1", {"616263", "0000"}, 32, "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {"FIPS 180",
     "SHA256",
     {"616263", "0000"},
     44,
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"FIPS 180",
     "SHA384",
     {"616263", "0000"},
     84,
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c82"
     "5a7"},
    {"FIPS 180",
     "SHA512",
     {"616263", "0000"},
     84,
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fee"
     "bbd454d4423"
     "643ce80e2a9ac94fa54ca49f"},
    {"FIPS 197",
     "AES block",
     {"000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff"},
     0,
     "69c4e0d86a7b0430d8cdb78070b4c55a"},
    {"FIPS 197",
     "AES block",
     {"000102030405060708090a0b0c0d0e0f1011121314151617", "00112233445566778899aabbccddeeff"},
     0,
     "dda97ca4864cdfe06eaf70a0ec0d7191"},
    {"FIPS 197",
     "AES block",
     {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
      "00112233445566778899aabbccddeeff"},
     0,
     "8ea2b7ca516745bfeafc49904b496089"},
    {"RFC 3713",
     "Camellia block",
     {"0123456789abcdeffedcba9876543210", "0123456789abcdeffedcba9876543210"},
     0,
     "67673138549669730857065648eabe43"},
    {"RFC 3713",
     "Camellia block",
     {"0123456789abcdeffedcba98765432100011223344556677", "0123456789abcdeffedcba9876543210"},
     0,
     "b4993401b3e996f84ee5cee7d79b09b9"},
    {"RFC 3713",
     "Camellia block",
     {"0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff",
      "0123456789abcdeffedcba9876543210"},
     0,
     "9acc237dff16d76c20ef7c919e3a7509"},
    {"SP 800-38A",
     "EVP cipher",
     {"0001", SP800_38A_KEY, SP800_38A_IV, SP800_38A_TEXT, "00"},
     0,
     "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"},
    {"SP 800-38A",
     "EVP cipher",
     {"0101", SP800_38A_KEY, SP800_38A_IV, SP800_38A_TEXT, "00"},
     0,
     "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b"},
    {"SP 800-38A",
     "EVP cipher",
     {"0201", SP800_38A_KEY, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", SP800_38A_TEXT, "00"},
     0,
     "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"},
    {"SP 800-38A",
     "EVP cipher",
     {"0301", SP800_38A_KEY, SP800_38A_IV, SP800_38A_TEXT, "00"},
     0,
     "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"},
    {"SP 800-38A",
     "EVP cipher",
     {"0401", SP800_38A_KEY, SP800_38A_IV, SP800_38A_TEXT, "00"},
     0,
     "3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed825"},
    {"RFC 6979",
     "ECDSA verify",
     {P256,
      "002060fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
      "00207903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
      "0020efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
      "0020f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
      "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"},
     0,
     "01"},
};

void check_vectors(void)
{
    static struct bytes in[MOST_INPUTS], out, expected;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        const struct vector *v = &vectors[i];
        for (size_t j = 0; j < MOST_INPUTS; j++) {
            from_hex(&in[j], v->in[j] != NULL ? v->in[j] : "");
        }
        from_hex(&expected, v->expected);
        for (enum side side = FACADE; side <= OPENSSL; side++) {
            int done = do_call(side, v->call, in, &out);
            check(v->source, done == 1 && out.size >= v->skip + expected.size &&
                                 memcmp(out.data + v->skip, expected.data, expected.size) == 0);
        }
    }
}
