// SPDX-License-Identifier: MIT
// X.509 certificates of a TPM's keys, and the authority that signs them: a key
// that is drawn for one TPM, signs its certificates, and is forgotten.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <mbedtls/pk.h>

/// Bytes of the longest certificate.
#define CERTIFICATE_MOST 1024

enum key_kind {
    KEY_RSA,
    KEY_P256,
    KEY_P384,
};

/// A public key as a TPM tells it, all numbers big-endian: the modulus in `x`, with the exponent
/// 65537, or a point.
struct public_key {
    enum key_kind kind;
    const uint8_t *x, *y;
    size_t x_size, y_size;
};

/// What a TPM says of itself: TPM_PT_MANUFACTURER and so on.
struct tpm_properties {
    uint32_t manufacturer, firmware, level, revision;
};

enum certificate_kind {
    CERTIFICATE_EK,
    CERTIFICATE_PLATFORM,
};

/// Not to be copied. One thread at a time.
struct authority {
    mbedtls_pk_context key;
    char name[96];
    uint8_t serial; ///< of the last certificate
};

/// Draws a key (ECDSA, P-256). Returns 0, or an error of mbedTLS's; authority_free() in both cases.
int authority_init(struct authority *authority);

/// Writes the authority's own certificate, signed by itself, in DER. Returns its bytes, or an error
/// of mbedTLS's.
int authority_own(struct authority *authority, uint8_t out[CERTIFICATE_MOST]);

/// The same for a key of the TPM.
int authority_certify(struct authority *authority, enum certificate_kind kind,
                      const struct public_key *key, const struct tpm_properties *tpm,
                      uint8_t out[CERTIFICATE_MOST]);

/// Wipes the key.
void authority_free(struct authority *authority);
