// SPDX-License-Identifier: MIT
// Powers and inverses modulo an odd number, by Montgomery's multiplication. Neither branches nor
// memory addresses depend on the values of base, exponent or modulus, only on how many limbs each
// has, and how many bits the modulus: nothing is divided, and a base above the modulus is reduced
// by multiplications. mbedTLS has powers in plain C; here the inner loop uses what newer processors
// have for it (BMI2, ADX), and there are fewer calls around it.
#include "modexp.h"

#include <emmintrin.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/platform_util.h>

#include "cpu.h"
#include "limbs.h"

#define LIMB_BITS 64
#define WINDOW_BITS 4
#define WINDOWS (LIMB_BITS / WINDOW_BITS)
#define POWERS (1u << WINDOW_BITS)

typedef unsigned __int128 double_limb;

static_assert(sizeof(mbedtls_mpi_uint) == sizeof(limb), "mbedTLS computes with 64 bits");

/// What stays the same for one modulus of `count` limbs.
struct modulus {
    const limb *n;
    size_t count;
    limb inverse;  ///< -1/n modulo 2^64
    bool fast;     ///< the processor has BMI2 and ADX
    limb *product; ///< 2 * count + 1 limbs
};

/// t += a * b; the carry.
static inline limb multiply_row(const struct modulus *m, limb *t, const limb *a, limb b)
{
    limb carry = 0;
    size_t done = 0;
    if (m->fast && m->count >= BLOCK) {
        const size_t blocks = m->count / BLOCK;
        carry = multiply_blocks(t, a, b, blocks);
        done = blocks * BLOCK;
    }
    for (; done < m->count; done++) {
        const double_limb sum = (double_limb)a[done] * b + t[done] + carry;
        t[done] = (limb)sum;
        carry = (limb)(sum >> LIMB_BITS);
    }
    return carry;
}

/// to = `value`, of count limbs and a top of 0 or 1, less the modulus if it is not below it.
static void reduce_once(const struct modulus *m, limb *to, const limb *value, limb top)
{
    limb borrow, difference;
    size_t at = 0, left = m->count;
    __asm__ volatile(
        "clc\n"
        "1:\n\t" // the loop's own sums do not touch the carry
        "mov (%[value], %[at], 8), %[difference]\n\t"
        "sbb (%[n], %[at], 8), %[difference]\n\t"
        "mov %[difference], (%[to], %[at], 8)\n\t"
        "inc %[at]\n\t"
        "dec %[left]\n\t"
        "jnz 1b\n\t"
        "sbb %[borrow], %[borrow]"
        : [borrow] "=&r"(borrow), [difference] "=&r"(difference), [at] "+&r"(at), [left] "+&r"(left)
        : [value] "r"(value), [n] "r"(m->n), [to] "r"(to)
        : "cc", "memory");
    const limb keep = borrow & (top - 1); // all ones: the value was below the modulus
    for (size_t i = 0; i < m->count; i++) {
        to[i] = (to[i] & ~keep) | (value[i] & keep);
    }
}

/// Adds the carries of two rows, and the one of before, to the limb above the rows; the carry.
static inline limb add_rows(const struct modulus *m, limb *t, limb first, limb second, limb top)
{
    const double_limb sum = (double_limb)t[m->count] + first + second + top;
    t[m->count] = (limb)sum;
    return (limb)(sum >> LIMB_BITS);
}

/// to = t / 2^(64 * 16) modulo n, for t of 32 limbs, which is used up, and n of 16.
static void reduce_16(const struct modulus *m, limb *to, limb *t)
{
    limb top = 0;
    for (size_t i = 0; i < ROW16; i++, t++) {
        top = add_rows(m, t, multiply_16(t, m->n, t[0] * m->inverse), 0, top);
    }
    reduce_once(m, to, t, top);
}

/// Whether there is code without loops for this modulus.
static bool has_16(const struct modulus *m)
{
    return m->fast && m->count == ROW16;
}

/// to = a * b / 2^(64 * count) modulo n. `to` may be a or b; one of these is below n.
static void multiply(const struct modulus *m, limb *to, const limb *a, const limb *b)
{
    limb *t = m->product, top = 0;
    const size_t count = m->count, blocks = m->fast && count % BLOCK == 0 ? count / BLOCK : 0;
    memset(t, 0, (2 * count + 1) * sizeof(limb));
    if (has_16(m)) {
        for (size_t i = 0; i < ROW16; i++) {
            t[ROW16 + i] = multiply_16(t + i, a, b[i]);
        }
        reduce_16(m, to, t);
        return;
    }
    for (size_t i = 0; blocks != 0 && i < count; i++, t++) {
        const limb first = multiply_blocks(t, a, b[i], blocks);
        const limb second = multiply_blocks(t, m->n, t[0] * m->inverse, blocks);
        top = add_rows(m, t, first, second, top);
    }
    for (size_t i = 0; blocks == 0 && i < count; i++, t++) {
        const limb first = multiply_row(m, t, a, b[i]);
        const limb second = multiply_row(m, t, m->n, t[0] * m->inverse);
        top = add_rows(m, t, first, second, top);
    }
    reduce_once(m, to, t, top);
}

/// a = a * a / 2^(64 * count) modulo n.
static void square(const struct modulus *m, limb *a)
{
    if (has_16(m)) {
        square_16(m->product, a);
        reduce_16(m, a, m->product);
    } else {
        multiply(m, a, a, a);
    }
}

/// All ones if the two, below 2^63, are the same; 0 if not.
static inline limb same(limb one, limb other)
{
    const limb difference = one ^ other;
    return ((difference | (0 - difference)) >> (LIMB_BITS - 1)) - 1;
}

/// choose() for 16 limbs, which stay in registers.
static void choose_16(limb *to, const limb *powers, limb which)
{
    __m128i sum[ROW16 / 2] = {0};
    for (limb power = 0; power < POWERS; power++, powers += ROW16) {
        const __m128i mask = _mm_set1_epi64x((long long)same(power, which));
        for (size_t i = 0; i < ROW16 / 2; i++) {
            const __m128i limbs = _mm_loadu_si128((const __m128i *)powers + i);
            sum[i] = _mm_or_si128(sum[i], _mm_and_si128(limbs, mask));
        }
    }
    for (size_t i = 0; i < ROW16 / 2; i++) {
        _mm_storeu_si128((__m128i *)to + i, sum[i]);
    }
}

/// to = powers[which], having read all of them.
static void choose(const struct modulus *m, limb *to, const limb *powers, limb which)
{
    if (m->count == ROW16) {
        choose_16(to, powers, which);
        return;
    }
    memset(to, 0, m->count * sizeof(limb));
    for (limb power = 0; power < POWERS; power++, powers += m->count) {
        const limb mask = same(power, which);
        for (size_t i = 0; i < m->count; i++) {
            to[i] |= powers[i] & mask;
        }
    }
}

static size_t limbs_of(const mbedtls_mpi *number)
{
    return (mbedtls_mpi_size(number) + sizeof(limb) - 1) / sizeof(limb);
}

static void exponentiate(const struct modulus *m, limb *result, const limb *powers, limb *chosen,
                         const mbedtls_mpi *exponent)
{
    for (size_t at = limbs_of(exponent); at-- > 0;) {
        for (unsigned window = WINDOWS; window-- > 0;) {
            for (unsigned i = 0; i < WINDOW_BITS; i++) {
                square(m, result);
            }
            choose(m, chosen, powers, (exponent->p[at] >> (WINDOW_BITS * window)) & (POWERS - 1));
            multiply(m, result, result, chosen);
        }
    }
}

/// -1/n modulo 2^64, for an odd n, by Newton's iteration: each doubles the bits that are right,
/// three at first.
static limb negative_inverse(limb n)
{
    limb inverse = n;
    for (unsigned bits = 3; bits < LIMB_BITS; bits *= 2) {
        inverse *= 2 - n * inverse;
    }
    return 0 - inverse;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/// to = (a + b) modulo n, both below it. `to` may be a or b.
static void add(const struct modulus *m, limb *to, const limb *a, const limb *b)
{
    limb *sum = m->product, carry = 0;
    for (size_t i = 0; i < m->count; i++) {
        const double_limb limbs = (double_limb)a[i] + b[i] + carry;
        sum[i] = (limb)limbs;
        carry = (limb)(limbs >> LIMB_BITS);
    }
    reduce_once(m, to, sum, carry);
}

/// square = 2^(128 * count) modulo n: what makes a number Montgomery's. 2^k times 2^(64 * count),
/// with the largest odd factor of 64 * count as k, comes by doublings from the largest power of 2
/// below n; squaring makes 2^(2k) of 2^k, until k is 64 * count.
static void prepare(const struct modulus *m, limb *square, size_t bits)
{
    const size_t all = LIMB_BITS * m->count;
    size_t k = all, squarings = 0;
    while (k % 2 == 0) {
        k /= 2;
        squarings++;
    }
    memset(square, 0, m->count * sizeof(limb));
    square[(bits - 1) / LIMB_BITS] = (limb)1 << (bits - 1) % LIMB_BITS;
    for (size_t at = bits - 1; at < all + k; at++) {
        add(m, square, square, square);
    }
    for (; squarings > 0; squarings--) {
        multiply(m, square, square, square);
    }
}

/// What a computation modulo one number needs.
struct work {
    struct modulus m;
    limb *memory;
    limb *square, *one, *result, *other; ///< `count` limbs each
    limb *powers;                        ///< POWERS of them
};

#define MEMORY(count) ((4 + POWERS + 2) * (count) + 1)

/// Returns 0 or mbedTLS's error for no memory.
static int begin(struct work *w, const mbedtls_mpi *n)
{
    const size_t count = limbs_of(n);
    w->memory = calloc(MEMORY(count), sizeof(limb));
    if (w->memory == NULL) {
        return MBEDTLS_ERR_MPI_ALLOC_FAILED;
    }
    w->square = w->memory;
    w->one = w->square + count;
    w->result = w->one + count;
    w->other = w->result + count;
    w->powers = w->other + count;
    w->m = (struct modulus){.n = n->p,
                            .count = count,
                            .inverse = negative_inverse(n->p[0]),
                            .fast = (facade_cpu() & CPU_MULX_ADX) != 0,
                            .product = w->powers + POWERS * count};
    w->one[0] = 1;
    prepare(&w->m, w->square, mbedtls_mpi_bitlen(n));
    return 0;
}

static void end(struct work *w)
{
    mbedtls_platform_zeroize(w->memory, MEMORY(w->m.count) * sizeof(limb));
    free(w->memory);
}

/// to = `from` as Montgomery's number: `from` times 2^(64 * count) modulo n, a piece of `count`
/// limbs after the other, from the top. A piece may be above n, as the other factor is below it.
/// `to` is none of the work's but powers or result.
static void load(const struct work *w, limb *to, const mbedtls_mpi *from)
{
    const size_t count = w->m.count, limbs = limbs_of(from);
    memset(to, 0, count * sizeof(limb));
    for (size_t piece = (limbs + count - 1) / count; piece-- > 0;) {
        const size_t have = smaller(limbs - piece * count, count);
        multiply(&w->m, to, to, w->square);
        memset(w->other, 0, count * sizeof(limb));
        memcpy(w->other, from->p + piece * count, have * sizeof(limb));
        multiply(&w->m, w->other, w->other, w->square);
        add(&w->m, to, to, w->other);
    }
}

/// result = base^exponent, in the ordinary form.
static void compute(const struct work *w, const mbedtls_mpi *base, const mbedtls_mpi *exponent)
{
    const struct modulus *m = &w->m;
    const size_t count = m->count;
    multiply(m, w->powers, w->one, w->square);
    load(w, w->powers + count, base);
    for (size_t i = 2; i < POWERS; i++) {
        multiply(m, w->powers + i * count, w->powers + (i - 1) * count, w->powers + count);
    }
    memcpy(w->result, w->powers, count * sizeof(limb));
    exponentiate(m, w->result, w->powers, w->other, exponent);
    multiply(m, w->result, w->result, w->one);
}

static int store(const struct work *w, mbedtls_mpi *r)
{
    int error = mbedtls_mpi_grow(r, w->m.count);
    if (error == 0) {
        memset(r->p, 0, r->n * sizeof(limb));
        memcpy(r->p, w->result, w->m.count * sizeof(limb));
        r->s = 1;
    }
    return error;
}

static bool odd_above_1(const mbedtls_mpi *n)
{
    return n->s > 0 && n->n > 0 && (n->p[0] & 1) != 0 && mbedtls_mpi_cmp_int(n, 1) > 0 &&
           limbs_of(n) <= MBEDTLS_MPI_MAX_SIZE / sizeof(limb);
}

bool facade_can_raise(const mbedtls_mpi *base, const mbedtls_mpi *exponent, const mbedtls_mpi *n)
{
    return base->s > 0 && exponent->s > 0 && exponent->n > 0 && odd_above_1(n);
}

int facade_raise(mbedtls_mpi *r, const mbedtls_mpi *base, const mbedtls_mpi *exponent,
                 const mbedtls_mpi *n)
{
    struct work w;
    int error = begin(&w, n);
    if (error == 0) {
        compute(&w, base, exponent);
        error = store(&w, r);
        end(&w);
    }
    return error;
}

int facade_invert(mbedtls_mpi *r, const mbedtls_mpi *a, const mbedtls_mpi *n)
{
    if (a->s <= 0 || !odd_above_1(n)) {
        return MBEDTLS_ERR_MPI_NOT_ACCEPTABLE;
    }
    struct work w;
    mbedtls_mpi exponent;
    mbedtls_mpi_init(&exponent);
    int error = mbedtls_mpi_sub_int(&exponent, n, 2);
    if (error == 0) {
        error = begin(&w, n);
    }
    if (error == 0) {
        compute(&w, a, &exponent);
        load(&w, w.powers, a);
        multiply(&w.m, w.powers, w.powers, w.result);
        error = memcmp(w.powers, w.one, w.m.count * sizeof(limb)) == 0
                    ? store(&w, r)
                    : MBEDTLS_ERR_MPI_NOT_ACCEPTABLE;
        end(&w);
    }
    mbedtls_mpi_free(&exponent);
    return error;
}

int __wrap_mbedtls_mpi_exp_mod(mbedtls_mpi *X, const mbedtls_mpi *A, const mbedtls_mpi *E,
                               const mbedtls_mpi *N, mbedtls_mpi *prec_RR)
{
    return facade_can_raise(A, E, N) ? facade_raise(X, A, E, N)
                                     : __real_mbedtls_mpi_exp_mod(X, A, E, N, prec_RR);
}

int __wrap_mbedtls_mpi_inv_mod_odd(mbedtls_mpi *X, const mbedtls_mpi *A, const mbedtls_mpi *N)
{
    return facade_invert(X, A, N) == 0 ? 0 : __real_mbedtls_mpi_inv_mod_odd(X, A, N);
}

int __wrap_mbedtls_mpi_gcd_modinv_odd(mbedtls_mpi *G, mbedtls_mpi *I, const mbedtls_mpi *A,
                                      const mbedtls_mpi *N)
{
    if (G != NULL && I != NULL && A != N && G != N && I != N && facade_invert(I, A, N) == 0) {
        return mbedtls_mpi_lset(G, 1);
    }
    return __real_mbedtls_mpi_gcd_modinv_odd(G, I, A, N);
}
