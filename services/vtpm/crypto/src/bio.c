// SPDX-License-Identifier: MIT
// Base64 from memory.
#include <stdlib.h>
#include <string.h>

#include <mbedtls/base64.h>

#include <openssl/bio.h>

struct bio_method_st {
    int base64;
};

/// A decoder, or the memory it reads from. A decoder decodes everything at the first read.
struct bio_st {
    const BIO_METHOD *method;
    BIO *next;
    const unsigned char *bytes;
    unsigned char *decoded;
    size_t length, position;
};

static const BIO_METHOD base64_method = {1};
static const BIO_METHOD memory_method = {0};

const BIO_METHOD *BIO_f_base64(void)
{
    return &base64_method;
}

BIO *BIO_new(const BIO_METHOD *type)
{
    BIO *b = type != NULL ? calloc(1, sizeof(*b)) : NULL;
    if (b != NULL) {
        b->method = type;
    }
    return b;
}

BIO *BIO_new_mem_buf(const void *buf, int len)
{
    BIO *b = buf != NULL ? BIO_new(&memory_method) : NULL;
    if (b != NULL) {
        b->bytes = buf;
        b->length = len < 0 ? strlen(buf) : (size_t)len;
    }
    return b;
}

BIO *BIO_push(BIO *b, BIO *next)
{
    if (b != NULL) {
        b->next = next;
    }
    return b;
}

void BIO_set_flags(BIO *b, int flags)
{
    (void)b;
    (void)flags;
}

/// Decodes what is in the memory behind b. Returns 1, or 0 for what is no base64 and without
/// memory.
static int decode(BIO *b)
{
    const BIO *memory = b->next;
    if (memory == NULL || memory->bytes == NULL) {
        return 0;
    }
    b->decoded = malloc(memory->length + 1);
    b->bytes = b->decoded;
    return b->decoded != NULL && mbedtls_base64_decode(b->decoded, memory->length + 1, &b->length,
                                                       memory->bytes, memory->length) == 0;
}

int BIO_read(BIO *b, void *data, int dlen)
{
    if (b == NULL || dlen < 0) {
        return -1;
    }
    if (b->method->base64 && b->decoded == NULL && !decode(b)) {
        b->length = 0;
        return -1;
    }
    size_t piece = b->length - b->position;
    piece = piece < (size_t)dlen ? piece : (size_t)dlen;
    memcpy(data, b->bytes + b->position, piece);
    b->position += piece;
    return (int)piece;
}

int BIO_free(BIO *a)
{
    if (a == NULL) {
        return 0;
    }
    free(a->decoded);
    free(a);
    return 1;
}

void BIO_free_all(BIO *a)
{
    while (a != NULL) {
        BIO *next = a->next;
        (void)BIO_free(a);
        a = next;
    }
}
