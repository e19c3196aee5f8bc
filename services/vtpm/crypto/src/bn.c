// SPDX-License-Identifier: MIT
#include "facade.h"
#include "modexp.h"

#include <stdlib.h>

BIGNUM *BN_new(void)
{
    BIGNUM *a = calloc(1, sizeof(*a));
    if (a != NULL) {
        mbedtls_mpi_init(&a->value);
    }
    return a;
}

void BN_free(BIGNUM *a)
{
    if (a != NULL) {
        mbedtls_mpi_free(&a->value);
        free(a);
    }
}

void BN_clear_free(BIGNUM *a)
{
    BN_free(a);
}

BIGNUM *BN_copy(BIGNUM *to, const BIGNUM *from)
{
    if (to == NULL || from == NULL) {
        return NULL;
    }
    return mbedtls_mpi_copy(&to->value, &from->value) == 0 ? to : NULL;
}

BIGNUM *BN_dup(const BIGNUM *a)
{
    BIGNUM *copy = BN_new();
    if (BN_copy(copy, a) == NULL) {
        BN_free(copy);
        return NULL;
    }
    return copy;
}

void facade_take(BIGNUM **owned, BIGNUM *value)
{
    if (value != NULL && value != *owned) {
        BN_free(*owned);
        *owned = value;
    }
}

BIGNUM *BN_bin2bn(const unsigned char *s, int len, BIGNUM *ret)
{
    BIGNUM *a = ret != NULL ? ret : BN_new();
    if (a == NULL || len < 0 ||
        mbedtls_mpi_read_binary(&a->value, len != 0 ? s : (const unsigned char *)"", (size_t)len) !=
            0) {
        if (ret == NULL) {
            BN_free(a);
        }
        return NULL;
    }
    return a;
}

int BN_bn2bin(const BIGNUM *a, unsigned char *to)
{
    size_t size = mbedtls_mpi_size(&a->value);
    return mbedtls_mpi_write_binary(&a->value, to, size) == 0 ? (int)size : -1;
}

int BN_num_bits(const BIGNUM *a)
{
    return a != NULL ? (int)mbedtls_mpi_bitlen(&a->value) : 0;
}

int BN_set_word(BIGNUM *a, BN_ULONG w)
{
    unsigned char bytes[sizeof(w)];
    for (size_t i = 0; i < sizeof(w); i++) {
        bytes[i] = (unsigned char)(w >> (8 * (sizeof(w) - 1 - i)));
    }
    return facade_result(mbedtls_mpi_read_binary(&a->value, bytes, sizeof(bytes)));
}

void BN_set_flags(BIGNUM *b, int n)
{
    (void)b;
    (void)n;
}

int BN_is_zero(const BIGNUM *a)
{
    return mbedtls_mpi_cmp_int(&a->value, 0) == 0;
}

int BN_cmp(const BIGNUM *a, const BIGNUM *b)
{
    if (a == NULL || b == NULL) {
        return (b != NULL) - (a != NULL);
    }
    return mbedtls_mpi_cmp_mpi(&a->value, &b->value);
}

int BN_add_word(BIGNUM *a, BN_ULONG w)
{
    BIGNUM *word = BN_new();
    int done = word != NULL && BN_set_word(word, w) &&
               mbedtls_mpi_add_mpi(&a->value, &a->value, &word->value) == 0;
    BN_free(word);
    return done;
}

int BN_sub(BIGNUM *r, const BIGNUM *a, const BIGNUM *b)
{
    return facade_result(mbedtls_mpi_sub_mpi(&r->value, &a->value, &b->value));
}

int BN_mul(BIGNUM *r, const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx)
{
    (void)ctx;
    return facade_result(mbedtls_mpi_mul_mpi(&r->value, &a->value, &b->value));
}

int BN_div(BIGNUM *dv, BIGNUM *rem, const BIGNUM *m, const BIGNUM *d, BN_CTX *ctx)
{
    (void)ctx;
    return facade_result(mbedtls_mpi_div_mpi(
        dv != NULL ? &dv->value : NULL, rem != NULL ? &rem->value : NULL, &m->value, &d->value));
}

int BN_mod_exp(BIGNUM *r, const BIGNUM *a, const BIGNUM *p, const BIGNUM *m, BN_CTX *ctx)
{
    (void)ctx;
    if (mbedtls_mpi_cmp_int(&m->value, 1) == 0) {
        return facade_result(mbedtls_mpi_lset(&r->value, 0));
    }
    if (facade_can_raise(&a->value, &p->value, &m->value)) {
        return facade_result(facade_raise(&r->value, &a->value, &p->value, &m->value));
    }
    return facade_result(mbedtls_mpi_exp_mod(&r->value, &a->value, &p->value, &m->value, NULL));
}

BIGNUM *BN_mod_inverse(BIGNUM *ret, const BIGNUM *a, const BIGNUM *n, BN_CTX *ctx)
{
    (void)ctx;
    BIGNUM *inverse = ret != NULL ? ret : BN_new();
    if (inverse != NULL && mbedtls_mpi_inv_mod(&inverse->value, &a->value, &n->value) == 0) {
        return inverse;
    }
    if (ret == NULL) {
        BN_free(inverse);
    }
    return NULL;
}

/// Numbers given out, and how many of them there were at each BN_CTX_start().
#define MOST_NUMBERS 64
#define MOST_FRAMES 32

struct bignum_ctx {
    BIGNUM *numbers[MOST_NUMBERS];
    unsigned used;
    unsigned frames[MOST_FRAMES];
    unsigned depth;
};

BN_CTX *BN_CTX_new(void)
{
    return calloc(1, sizeof(BN_CTX));
}

void BN_CTX_free(BN_CTX *c)
{
    if (c == NULL) {
        return;
    }
    for (unsigned i = 0; i < MOST_NUMBERS; i++) {
        BN_free(c->numbers[i]);
    }
    free(c);
}

void BN_CTX_start(BN_CTX *ctx)
{
    if (ctx->depth == MOST_FRAMES) {
        facade_abort("temporary numbers are nested too deeply");
    }
    ctx->frames[ctx->depth++] = ctx->used;
}

BIGNUM *BN_CTX_get(BN_CTX *ctx)
{
    if (ctx->depth == 0 || ctx->used == MOST_NUMBERS) {
        return NULL;
    }
    BIGNUM **number = &ctx->numbers[ctx->used];
    if (*number == NULL && (*number = BN_new()) == NULL) {
        return NULL;
    }
    ctx->used++;
    return *number;
}

void BN_CTX_end(BN_CTX *ctx)
{
    if (ctx == NULL || ctx->depth == 0) {
        return;
    }
    unsigned first = ctx->frames[--ctx->depth];
    for (unsigned i = first; i < ctx->used; i++) {
        mbedtls_mpi_free(&ctx->numbers[i]->value);
    }
    ctx->used = first;
}
