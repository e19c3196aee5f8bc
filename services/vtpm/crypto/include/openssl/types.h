// SPDX-License-Identifier: MIT
// Types of the OpenSSL functions that libtpms calls; see README.md. Names, argument orders, results
// and the sizes of structures are OpenSSL 3.0's, so that code compiled against OpenSSL's own
// headers can be linked.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bignum_st BIGNUM;
typedef struct bignum_ctx BN_CTX;
typedef struct ec_group_st EC_GROUP;
typedef struct ec_point_st EC_POINT;
typedef struct ec_key_st EC_KEY;
typedef struct ecdsa_sig_st ECDSA_SIG;
typedef struct rsa_st RSA;
typedef struct evp_cipher_st EVP_CIPHER;
typedef struct evp_cipher_ctx_st EVP_CIPHER_CTX;
typedef struct evp_md_st EVP_MD;
typedef struct evp_pkey_st EVP_PKEY;
typedef struct evp_pkey_ctx_st EVP_PKEY_CTX;
typedef struct engine_st ENGINE;
typedef struct bn_gencb_st BN_GENCB;
typedef struct bio_st BIO;
typedef struct bio_method_st BIO_METHOD;

#ifdef __cplusplus
}
#endif
