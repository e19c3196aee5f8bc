// SPDX-License-Identifier: MIT
// As much of BIO as decoding base64 from memory takes.
#pragma once

#include <openssl/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BIO_FLAGS_BASE64_NO_NL 0x100

const BIO_METHOD *BIO_f_base64(void);
BIO *BIO_new(const BIO_METHOD *type);
/// Reads buf[0..len), or up to its NUL if len is -1; the buffer must stay.
BIO *BIO_new_mem_buf(const void *buf, int len);
/// Puts `next` behind b and returns b.
BIO *BIO_push(BIO *b, BIO *next);
void BIO_set_flags(BIO *b, int flags);
/// Reads up to dlen bytes; 0 at the end, -1 for what is no base64.
int BIO_read(BIO *b, void *data, int dlen);
int BIO_free(BIO *a);
void BIO_free_all(BIO *a);

#ifdef __cplusplus
}
#endif
