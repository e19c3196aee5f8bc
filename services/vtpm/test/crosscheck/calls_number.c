// SPDX-License-Identifier: MIT
// Big numbers and elliptic curves.
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>

#include "calls.h"

static BIGNUM *number(const struct bytes *in)
{
    return BN_bin2bn(in->data, (int)in->size, NULL);
}

/// Appends length and bytes of a number.
static void put_number(struct bytes *out, const BIGNUM *a)
{
    unsigned char bytes[MOST_BYTES];
    int size = a != NULL ? BN_bn2bin(a, bytes) : 0;
    unsigned char header[2] = {(unsigned char)(size >> 8), (unsigned char)size};
    put(out, header, sizeof(header));
    put(out, bytes, (size_t)size);
}

/// Runs an operation on two or three numbers with a fourth and fifth for its results.
static int with_numbers(const struct bytes *in, struct bytes *out, size_t inputs,
                        int (*operation)(BIGNUM **a, BIGNUM *r, BIGNUM *s, BN_CTX *ctx))
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *a[3] = {NULL};
    if (ctx == NULL) {
        return 0;
    }
    int done = 1;
    for (size_t i = 0; i < inputs; i++) {
        a[i] = number(&in[i]);
        done = done && a[i] != NULL;
    }
    BN_CTX_start(ctx);
    BIGNUM *r = BN_CTX_get(ctx), *s = BN_CTX_get(ctx);
    done = done && r != NULL && s != NULL && operation(a, r, s, ctx);
    if (done) {
        put_number(out, r);
        put_number(out, s);
    }
    BN_CTX_end(ctx);
    BN_CTX_free(ctx);
    for (size_t i = 0; i < inputs; i++) {
        BN_clear_free(a[i]);
    }
    return done;
}

static int mul(BIGNUM **a, BIGNUM *r, BIGNUM *s, BN_CTX *ctx)
{
    (void)s;
    return BN_mul(r, a[0], a[1], ctx);
}

static int div_(BIGNUM **a, BIGNUM *r, BIGNUM *s, BN_CTX *ctx)
{
    return BN_div(r, s, a[0], a[1], ctx);
}

static int mod_exp(BIGNUM **a, BIGNUM *r, BIGNUM *s, BN_CTX *ctx)
{
    (void)s;
    return BN_mod_exp(r, a[0], a[1], a[2], ctx);
}

static int mod_inverse(BIGNUM **a, BIGNUM *r, BIGNUM *s, BN_CTX *ctx)
{
    BIGNUM *made = BN_mod_inverse(NULL, a[0], a[1], ctx);
    int done = made != NULL && BN_mod_inverse(r, a[0], a[1], ctx) == r && BN_cmp(made, r) == 0 &&
               BN_copy(s, made) == s;
    BN_free(made);
    return done;
}

static int simple(BIGNUM **a, BIGNUM *r, BIGNUM *s, BN_CTX *ctx)
{
    (void)ctx;
    BIGNUM *copy = BN_dup(a[0]);
    int ordered = BN_cmp(a[0], a[1]);
    int done = copy != NULL && BN_cmp(copy, a[0]) == 0 && BN_cmp(NULL, copy) == 1 &&
               BN_cmp(copy, NULL) == -1 && BN_cmp(NULL, NULL) == 0 &&
               BN_sub(r, ordered < 0 ? a[1] : a[0], ordered < 0 ? a[0] : a[1]) &&
               BN_add_word(r, (BN_ULONG)BN_num_bits(a[0])) &&
               BN_set_word(s, (BN_ULONG)(ordered + 1 + 4 * BN_is_zero(a[0]))) &&
               BN_add_word(s, 0xfffffffffffffff0UL);
    BN_free(copy);
    return done;
}

static int call_mul(const struct bytes *in, struct bytes *out)
{
    return with_numbers(in, out, 2, mul);
}

static int call_div(const struct bytes *in, struct bytes *out)
{
    return with_numbers(in, out, 2, div_);
}

static int call_mod_exp(const struct bytes *in, struct bytes *out)
{
    return with_numbers(in, out, 3, mod_exp);
}

static int call_mod_inverse(const struct bytes *in, struct bytes *out)
{
    return with_numbers(in, out, 2, mod_inverse);
}

static int call_simple(const struct bytes *in, struct bytes *out)
{
    return with_numbers(in, out, 2, simple);
}

const struct call number_calls[] = {
    {"BN_mul", call_mul},         {"BN_div", call_div},
    {"BN_mod_exp", call_mod_exp}, {"BN_mod_inverse", call_mod_inverse},
    {"BN_simple", call_simple},   {NULL, NULL},
};

/// A curve in use: in[0..5] are p, a, b, x and y of the generator, order.
struct curve {
    BN_CTX *ctx;
    EC_GROUP *group;
    BIGNUM *order;
};

static EC_POINT *point(const struct curve *c, const struct bytes *x, const struct bytes *y)
{
    EC_POINT *p = EC_POINT_new(c->group);
    BIGNUM *bx = number(x), *by = number(y);
    // No coordinates: the point at infinity.
    int done = p != NULL && bx != NULL && by != NULL &&
               ((x->size == 0 && y->size == 0) ||
                EC_POINT_set_affine_coordinates(c->group, p, bx, by, c->ctx) == 1);
    BN_free(bx);
    BN_free(by);
    if (!done) {
        EC_POINT_free(p);
        return NULL;
    }
    return p;
}

static void close_curve(struct curve *c)
{
    EC_GROUP_free(c->group);
    BN_free(c->order);
    BN_CTX_free(c->ctx);
}

static int open_curve(struct curve *c, const struct bytes *in)
{
    BIGNUM *p = number(&in[0]), *a = number(&in[1]), *b = number(&in[2]), *one = BN_new();
    *c = (struct curve){.ctx = BN_CTX_new(), .order = number(&in[5])};
    int made = p != NULL && a != NULL && b != NULL && one != NULL && c->order != NULL;
    c->group = made ? EC_GROUP_new_curve_GFp(p, a, b, c->ctx) : NULL;
    EC_POINT *generator = c->group != NULL ? point(c, &in[3], &in[4]) : NULL;
    int done = generator != NULL && BN_set_word(one, 1) &&
               EC_GROUP_set_generator(c->group, generator, c->order, one) == 1;
    EC_POINT_free(generator);
    BN_free(p);
    BN_free(a);
    BN_free(b);
    BN_free(one);
    if (!done) {
        close_curve(c);
    }
    return done;
}

static void put_point(struct bytes *out, const struct curve *c, const EC_POINT *p)
{
    BIGNUM *x = BN_new(), *y = BN_new();
    if (x != NULL && y != NULL && EC_POINT_get_affine_coordinates(c->group, p, x, y, c->ctx) == 1) {
        put_number(out, x);
        put_number(out, y);
    } else {
        put(out, "infinity", 8);
    }
    BN_free(x);
    BN_free(y);
}

/// n * G, n * G + m * Q, m * Q (twice over), Q + R for n = in[6], m = in[7], Q = in[8], in[9]; R =
/// n * G.
static int call_multiples(const struct bytes *in, struct bytes *out)
{
    struct curve c;
    if (!open_curve(&c, in)) {
        return 0;
    }
    BIGNUM *n = number(&in[6]), *m = number(&in[7]);
    EC_POINT *q = point(&c, &in[8], &in[9]);
    EC_POINT *r = EC_POINT_new(c.group), *s = EC_POINT_new(c.group);
    int done = q != NULL && r != NULL && s != NULL && n != NULL && m != NULL &&
               EC_POINT_mul(c.group, r, n, NULL, NULL, c.ctx) == 1;
    if (done) {
        put_point(out, &c, r);
        done = EC_POINT_mul(c.group, s, NULL, q, m, c.ctx) == 1;
        put_point(out, &c, s);
    }
    if (done) {
        const EC_POINT *points[] = {q};
        const BIGNUM *scalars[] = {m};
        done = EC_POINTs_mul(c.group, s, n, 1, points, scalars, c.ctx) == 1;
        put_point(out, &c, s);
    }
    if (done) {
        done = EC_POINT_add(c.group, s, q, r, c.ctx) == 1;
        put_point(out, &c, s);
        done = done && EC_POINT_add(c.group, s, q, q, c.ctx) == 1;
        put_point(out, &c, s);
    }
    BN_free(n);
    BN_free(m);
    EC_POINT_clear_free(q);
    EC_POINT_free(r);
    EC_POINT_free(s);
    close_curve(&c);
    return done;
}

/// Whether (in[6], in[7]) is on the curve.
static int call_on_curve(const struct bytes *in, struct bytes *out)
{
    struct curve c;
    if (!open_curve(&c, in)) {
        return 0;
    }
    EC_POINT *q = point(&c, &in[6], &in[7]);
    if (q != NULL) {
        put_point(out, &c, q);
    }
    EC_POINT_free(q);
    close_curve(&c);
    return 1;
}

/// ECDH: the x coordinate of in[6] * (in[7], in[8]) with the field's size.
static int call_ecdh(const struct bytes *in, struct bytes *out)
{
    struct curve c;
    if (!open_curve(&c, in)) {
        return 0;
    }
    EC_POINT *q = point(&c, &in[7], &in[8]), *z = EC_POINT_new(c.group);
    BIGNUM *d = number(&in[6]), *x = BN_new(), *p = number(&in[0]);
    int done = q != NULL && z != NULL && d != NULL && x != NULL && p != NULL &&
               EC_POINT_mul(c.group, z, NULL, q, d, c.ctx) == 1 &&
               EC_POINT_get_affine_coordinates(c.group, z, x, NULL, c.ctx) == 1;
    if (done) {
        static const unsigned char zeros[80];
        unsigned char bytes[80];
        put(out, zeros, (size_t)(BN_num_bytes(p) - BN_num_bytes(x)));
        put(out, bytes, (size_t)BN_bn2bin(x, bytes));
    }
    BN_free(d);
    BN_free(x);
    BN_free(p);
    EC_POINT_clear_free(q);
    EC_POINT_free(z);
    close_curve(&c);
    return done;
}

/// A key on the curve with the private key in[6], or a new one if that is empty; and its public
/// one.
static EC_KEY *private_key(const struct curve *c, const struct bytes *in)
{
    EC_KEY *key = EC_KEY_new();
    BIGNUM *d = number(in);
    int done = key != NULL && d != NULL && EC_KEY_set_group(key, c->group) == 1 &&
               (in->size > 0 ? EC_KEY_set_private_key(key, d) == 1 : EC_KEY_generate_key(key) == 1);
    BN_free(d);
    if (!done) {
        EC_KEY_free(key);
        return NULL;
    }
    return key;
}

/// Public key x, y; r; s of a signature of in[7], with lengths.
static int call_ecdsa_sign(const struct bytes *in, struct bytes *out)
{
    struct curve c;
    if (!open_curve(&c, in)) {
        return 0;
    }
    EC_KEY *key = private_key(&c, &in[6]);
    EC_POINT *q = EC_POINT_new(c.group);
    ECDSA_SIG *sig = NULL;
    if (key != NULL && q != NULL &&
        EC_POINT_mul(c.group, q, EC_KEY_get0_private_key(key), NULL, NULL, c.ctx) == 1) {
        sig = ECDSA_do_sign(in[7].data, (int)in[7].size, key);
    }
    if (sig != NULL) {
        const BIGNUM *r, *s;
        ECDSA_SIG_get0(sig, &r, &s);
        put_point(out, &c, q);
        put_number(out, r);
        put_number(out, s);
    }
    int done = sig != NULL;
    ECDSA_SIG_free(sig);
    EC_POINT_free(q);
    EC_KEY_free(key);
    close_curve(&c);
    return done;
}

/// Takes the number off that put_number() put at *at.
static BIGNUM *take_number(const struct bytes *in, size_t *at)
{
    size_t size = (size_t)in->data[*at] << 8 | in->data[*at + 1];
    BIGNUM *a = BN_bin2bn(in->data + *at + 2, (int)size, NULL);
    *at += 2 + size;
    return a;
}

/// Verifies in[6], which call_ecdsa_sign() made, for the digest in[7]: 1 byte.
static int call_ecdsa_verify(const struct bytes *in, struct bytes *out)
{
    struct curve c;
    if (!open_curve(&c, in)) {
        return 0;
    }
    size_t at = 0;
    BIGNUM *x = take_number(&in[6], &at), *y = take_number(&in[6], &at);
    EC_POINT *q = EC_POINT_new(c.group);
    EC_KEY *key = EC_KEY_new();
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = take_number(&in[6], &at), *s = take_number(&in[6], &at);
    int done = q != NULL && key != NULL && x != NULL && y != NULL &&
               EC_POINT_set_affine_coordinates(c.group, q, x, y, c.ctx) == 1 &&
               EC_KEY_set_group(key, c.group) == 1 && EC_KEY_set_public_key(key, q) == 1;
    if (sig == NULL || ECDSA_SIG_set0(sig, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        done = 0;
    }
    if (done) {
        unsigned char valid = ECDSA_do_verify(in[7].data, (int)in[7].size, sig, key) == 1;
        put(out, &valid, 1);
    }
    ECDSA_SIG_free(sig);
    EC_KEY_free(key);
    EC_POINT_free(q);
    BN_free(x);
    BN_free(y);
    close_curve(&c);
    return done;
}

const struct call curve_calls[] = {
    {"EC multiples", call_multiples}, {"EC on curve", call_on_curve},      {"ECDH", call_ecdh},
    {"ECDSA sign", call_ecdsa_sign},  {"ECDSA verify", call_ecdsa_verify}, {NULL, NULL},
};

const struct call *const *calls(void)
{
    static const struct call *const all[] = {number_calls, curve_calls, symmetric_calls, rsa_calls,
                                             NULL};
    return all;
}
