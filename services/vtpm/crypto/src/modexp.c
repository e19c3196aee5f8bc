// SPDX-License-Identifier: MIT
// Powers modulo an odd number, by Montgomery's multiplication. Neither branches nor memory
// addresses depend on the base or the exponent, only on how many limbs they have. mbedTLS has the
// same in plain C; here the inner loop uses what newer processors have for it (BMI2, ADX), and
// there are fewer calls around it.
#include "modexp.h"

#include <cpuid.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/platform_util.h>

#define LIMB_BITS 64
#define WINDOW_BITS 4
#define WINDOWS (LIMB_BITS / WINDOW_BITS)
#define POWERS (1u << WINDOW_BITS)
#define BLOCK 8 ///< limbs at a time

typedef uint64_t limb;
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

static bool has_mulx_and_adx(void)
{
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_BMI2) != 0 &&
           (b & bit_ADX) != 0;
}

#define STEP(at, from, to)                                                                         \
    "mulx " at "(%[a]), %%r9, %%" to "\n\t"                                                        \
    "adcx %%" from ", %%r9\n\t"                                                                    \
    "adox " at "(%[t]), %%r9\n\t"                                                                  \
    "mov %%r9, " at "(%[t])\n\t"

/// t += a * b for `blocks` blocks of limbs, at least one, with two chains of carries; the carry.
static limb multiply_blocks(limb *t, const limb *a, limb b, size_t blocks)
{
    limb carry;
    __asm__ volatile("xor %%r8d, %%r8d\n"
                     "1:\n\t" // no instruction in the loop but the sums touches their flags
                     STEP("0", "r8", "r10") STEP("8", "r10", "r8") STEP("16", "r8", "r10")
                         STEP("24", "r10", "r8") STEP("32", "r8", "r10") STEP("40", "r10", "r8")
                             STEP("48", "r8", "r10")
                                 STEP("56", "r10", "r8") "lea 64(%[a]), %[a]\n\t"
                                                         "lea 64(%[t]), %[t]\n\t"
                                                         "lea -1(%%rcx), %%rcx\n\t"
                                                         "jrcxz 2f\n\t"
                                                         "jmp 1b\n"
                                                         "2:\n\t"
                                                         "mov $0, %%r9d\n\t"
                                                         "adcx %%r9, %%r8\n\t"
                                                         "adox %%r9, %%r8\n\t"
                                                         "mov %%r8, %[carry]"
                     : [a] "+r"(a), [t] "+r"(t), "+c"(blocks), [carry] "=&r"(carry)
                     : "d"(b)
                     : "r8", "r9", "r10", "cc", "memory");
    return carry;
}

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
    limb borrow = 0;
    for (size_t i = 0; i < m->count; i++) {
        const double_limb difference = (double_limb)value[i] - m->n[i] - borrow;
        to[i] = (limb)difference;
        borrow = (limb)(difference >> LIMB_BITS) & 1;
    }
    const limb keep = 0 - (borrow & (top ^ 1)); // all ones: the value was below the modulus
    for (size_t i = 0; i < m->count; i++) {
        to[i] = (to[i] & ~keep) | (value[i] & keep);
    }
}

/// to = a * b / 2^(64 * count) modulo n. `to` may be a or b, `a` and `b` below n.
static void multiply(const struct modulus *m, limb *to, const limb *a, const limb *b)
{
    limb *t = m->product, top = 0;
    memset(t, 0, (2 * m->count + 1) * sizeof(limb));
    for (size_t i = 0; i < m->count; i++, t++) {
        const limb first = multiply_row(m, t, a, b[i]);
        const limb second = multiply_row(m, t, m->n, t[0] * m->inverse);
        const double_limb sum = (double_limb)t[m->count] + first + second + top;
        t[m->count] = (limb)sum;
        top = (limb)(sum >> LIMB_BITS);
    }
    reduce_once(m, to, t, top);
}

/// to = powers[which], having read all of them.
static void choose(const struct modulus *m, limb *to, const limb *powers, limb which)
{
    memset(to, 0, m->count * sizeof(limb));
    for (limb power = 0; power < POWERS; power++, powers += m->count) {
        const limb difference = power ^ which;
        const limb mask = ((difference | (0 - difference)) >> (LIMB_BITS - 1)) - 1;
        for (size_t i = 0; i < m->count; i++) {
            to[i] |= powers[i] & mask;
        }
    }
}

static size_t limbs_of(const mbedtls_mpi *number)
{
    return (mbedtls_mpi_size(number) + sizeof(limb) - 1) / sizeof(limb);
}

static void exponentiate(const struct modulus *m, limb *result, limb *powers,
                         const mbedtls_mpi *exponent)
{
    limb *chosen = powers + POWERS * m->count;
    for (size_t at = limbs_of(exponent); at-- > 0;) {
        for (unsigned window = WINDOWS; window-- > 0;) {
            for (unsigned i = 0; i < WINDOW_BITS; i++) {
                multiply(m, result, result, result);
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

static void load(limb *to, const mbedtls_mpi *from, size_t count)
{
    const size_t have = from->n < count ? from->n : count;
    if (have != 0) {
        memcpy(to, from->p, have * sizeof(limb));
    }
    memset(to + have, 0, (count - have) * sizeof(limb));
}

/// square: 2^(128 * count) modulo n. Returns 0 or an error.
static int prepare(mbedtls_mpi *square, const mbedtls_mpi *n, size_t count)
{
    int error = mbedtls_mpi_lset(square, 1);
    if (error == 0) {
        error = mbedtls_mpi_shift_l(square, 2 * LIMB_BITS * count);
    }
    return error == 0 ? mbedtls_mpi_mod_mpi(square, square, n) : error;
}

/// The memory: the result, 1, the powers and the chosen one, and the product.
#define MEMORY(count) (((2 + POWERS + 1) + 2) * (count) + 1)

static int compute(mbedtls_mpi *r, const mbedtls_mpi *base, const mbedtls_mpi *exponent,
                   const mbedtls_mpi *n, const mbedtls_mpi *square)
{
    const size_t count = limbs_of(n);
    limb *memory = calloc(MEMORY(count), sizeof(limb));
    if (memory == NULL) {
        return MBEDTLS_ERR_MPI_ALLOC_FAILED;
    }
    limb *result = memory, *one = memory + count, *powers = one + count;
    const struct modulus m = {.n = n->p,
                              .count = count,
                              .inverse = negative_inverse(n->p[0]),
                              .fast = has_mulx_and_adx(),
                              .product = powers + (POWERS + 1) * count};
    one[0] = 1;
    load(result, square, count);
    multiply(&m, powers, one, result); // base^0
    load(powers + count, base, count);
    multiply(&m, powers + count, powers + count, result); // base^1
    for (size_t i = 2; i < POWERS; i++) {
        multiply(&m, powers + i * count, powers + (i - 1) * count, powers + count);
    }
    memcpy(result, powers, count * sizeof(limb));
    exponentiate(&m, result, powers, exponent);
    multiply(&m, result, result, one);
    int error = mbedtls_mpi_grow(r, count);
    if (error == 0) {
        memset(r->p, 0, r->n * sizeof(limb));
        memcpy(r->p, result, count * sizeof(limb));
        r->s = 1;
    }
    mbedtls_platform_zeroize(memory, MEMORY(count) * sizeof(limb));
    free(memory);
    return error;
}

bool facade_can_raise(const mbedtls_mpi *base, const mbedtls_mpi *exponent, const mbedtls_mpi *n)
{
    return base->s > 0 && exponent->s > 0 && n->s > 0 && n->n > 0 && (n->p[0] & 1) != 0 &&
           mbedtls_mpi_cmp_int(n, 1) > 0 && mbedtls_mpi_size(n) <= MBEDTLS_MPI_MAX_SIZE &&
           exponent->n > 0 && mbedtls_mpi_cmp_mpi(base, n) < 0;
}

int facade_raise(mbedtls_mpi *r, const mbedtls_mpi *base, const mbedtls_mpi *exponent,
                 const mbedtls_mpi *n)
{
    mbedtls_mpi square;
    mbedtls_mpi_init(&square);
    int error = prepare(&square, n, limbs_of(n));
    if (error == 0) {
        error = compute(r, base, exponent, n, &square);
    }
    mbedtls_mpi_free(&square);
    return error;
}

int __wrap_mbedtls_mpi_exp_mod(mbedtls_mpi *X, const mbedtls_mpi *A, const mbedtls_mpi *E,
                               const mbedtls_mpi *N, mbedtls_mpi *prec_RR)
{
    return facade_can_raise(A, E, N) ? facade_raise(X, A, E, N)
                                     : __real_mbedtls_mpi_exp_mod(X, A, E, N, prec_RR);
}
