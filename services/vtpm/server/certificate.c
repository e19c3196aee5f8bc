// SPDX-License-Identifier: MIT
#include "certificate.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <mbedtls/asn1write.h>
#include <mbedtls/ecp.h>
#include <mbedtls/rsa.h>
#include <mbedtls/sha256.h>
#include <mbedtls/x509.h>
#include <mbedtls/x509_crt.h>

#include <openssl/rand.h>

// Object identifiers, as they are encoded.
#define OID(text) (text), sizeof(text) - 1
#define OID_ALTERNATIVE_NAME "\x55\x1d\x11"
#define OID_DIRECTORY_ATTRIBUTES "\x55\x1d\x09"
#define OID_EXTENDED_USAGE "\x55\x1d\x25"
#define OID_TCG "\x67\x81\x05"
#define OID_TPM_MANUFACTURER OID_TCG "\x02\x01"
#define OID_TPM_MODEL OID_TCG "\x02\x02"
#define OID_TPM_VERSION OID_TCG "\x02\x03"
#define OID_TPM_SPECIFICATION OID_TCG "\x02\x10"
#define OID_PLATFORM_MANUFACTURER OID_TCG "\x05\x01\x01"
#define OID_PLATFORM_MODEL OID_TCG "\x05\x01\x04"
#define OID_PLATFORM_VERSION OID_TCG "\x05\x01\x05"
#define OID_USE_EK OID_TCG "\x08\x01"
#define OID_USE_PLATFORM OID_TCG "\x08\x02"

#define SUBJECT_EK "CN=COCONUT vTPM endorsement key"
#define SUBJECT_PLATFORM "CN=COCONUT vTPM platform"
#define MODEL "COCONUT vTPM"
#define CONTEXT_CONSTRUCTED (MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED)
#define SEQUENCE (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)
#define SET (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SET)
#define DIRECTORY_NAME 4

// There is no clock that can be trusted. The end is RFC 5280's for: none.
#define NOT_BEFORE "20200101000000"
#define NOT_AFTER "99991231235959"

/// DER is written from its end to its beginning, as mbedTLS's functions do; the first error stays.
struct der {
    uint8_t bytes[256];
    uint8_t *at;
    int error;
};

/// An attribute of a name: an object identifier and a text.
struct attribute {
    const char *oid;
    size_t oid_size;
    const char *text;
};

static int draw(void *unused, unsigned char *output, size_t size)
{
    (void)unused;
    return RAND_bytes(output, (int)size) == 1 ? 0 : MBEDTLS_ERR_ECP_RANDOM_FAILED;
}

static void der_init(struct der *der)
{
    der->at = der->bytes + sizeof(der->bytes);
    der->error = 0;
}

static const uint8_t *der_end(const struct der *der)
{
    return der->bytes + sizeof(der->bytes);
}

/// Keeps what a function of mbedTLS returned, if it is an error.
static void der_note(struct der *der, int result)
{
    if (result < 0 && der->error == 0) {
        der->error = result;
    }
}

/// Puts a tag and a length before all that was written since `end`.
static void der_wrap(struct der *der, const uint8_t *end, unsigned char tag)
{
    size_t size = (size_t)(end - der->at);
    der_note(der, mbedtls_asn1_write_len(&der->at, der->bytes, size));
    der_note(der, mbedtls_asn1_write_tag(&der->at, der->bytes, tag));
}

static void der_oid(struct der *der, const char *oid, size_t size)
{
    der_note(der, mbedtls_asn1_write_oid(&der->at, der->bytes, oid, size));
}

static void der_text(struct der *der, const char *text)
{
    der_note(der, mbedtls_asn1_write_utf8_string(&der->at, der->bytes, text, strlen(text)));
}

/// Subject alternative name: a directory name of three attributes.
static void write_names(struct der *der, const struct attribute attributes[3])
{
    for (int i = 2; i >= 0; i--) {
        const uint8_t *end = der->at;
        der_text(der, attributes[i].text);
        der_oid(der, attributes[i].oid, attributes[i].oid_size);
        der_wrap(der, end, SEQUENCE);
        der_wrap(der, end, SET);
    }
    der_wrap(der, der_end(der), SEQUENCE);
    der_wrap(der, der_end(der), CONTEXT_CONSTRUCTED | DIRECTORY_NAME);
    der_wrap(der, der_end(der), SEQUENCE);
}

/// Subject directory attributes: the specification that the TPM is made after.
static void write_specification(struct der *der, const struct tpm_properties *tpm)
{
    const uint8_t *end = der_end(der);
    der_note(der, mbedtls_asn1_write_int(&der->at, der->bytes, (int)(tpm->revision & INT16_MAX)));
    der_note(der, mbedtls_asn1_write_int(&der->at, der->bytes, (int)(tpm->level & INT16_MAX)));
    der_text(der, "2.0");
    der_wrap(der, end, SEQUENCE);
    der_wrap(der, end, SET);
    der_oid(der, OID(OID_TPM_SPECIFICATION));
    der_wrap(der, end, SEQUENCE);
    der_wrap(der, end, SEQUENCE);
}

/// Adds what was written as an extension. Returns 0 or an error.
static int extend(mbedtls_x509write_cert *certificate, const char *oid, size_t oid_size,
                  bool critical, const struct der *der)
{
    if (der->error != 0) {
        return der->error;
    }
    return mbedtls_x509write_crt_set_extension(certificate, oid, oid_size, critical, der->at,
                                               (size_t)(der_end(der) - der->at));
}

static int add_ek_extensions(mbedtls_x509write_cert *certificate, const struct tpm_properties *tpm)
{
    char manufacturer[16], firmware[16];
    struct der der;
    (void)snprintf(manufacturer, sizeof(manufacturer), "id:%08X", (unsigned)tpm->manufacturer);
    (void)snprintf(firmware, sizeof(firmware), "id:%08X", (unsigned)tpm->firmware);
    const struct attribute names[3] = {{OID(OID_TPM_MANUFACTURER), manufacturer},
                                       {OID(OID_TPM_MODEL), MODEL},
                                       {OID(OID_TPM_VERSION), firmware}};
    der_init(&der);
    write_names(&der, names);
    int error = extend(certificate, OID(OID_ALTERNATIVE_NAME), true, &der);
    if (error == 0) {
        der_init(&der);
        write_specification(&der, tpm);
        error = extend(certificate, OID(OID_DIRECTORY_ATTRIBUTES), false, &der);
    }
    return error;
}

static int add_platform_extensions(mbedtls_x509write_cert *certificate)
{
    static const struct attribute names[3] = {{OID(OID_PLATFORM_MANUFACTURER), "COCONUT"},
                                              {OID(OID_PLATFORM_MODEL), "virtual machine"},
                                              {OID(OID_PLATFORM_VERSION), "1"}};
    struct der der;
    der_init(&der);
    write_names(&der, names);
    return extend(certificate, OID(OID_ALTERNATIVE_NAME), true, &der);
}

static int add_extended_usage(mbedtls_x509write_cert *certificate, enum certificate_kind kind)
{
    struct der der;
    der_init(&der);
    if (kind == CERTIFICATE_EK) {
        der_oid(&der, OID(OID_USE_EK));
    } else {
        der_oid(&der, OID(OID_USE_PLATFORM));
    }
    der_wrap(&der, der_end(&der), SEQUENCE);
    return extend(certificate, OID(OID_EXTENDED_USAGE), false, &der);
}

/// What all certificates have: issuer, serial number, validity.
static int begin(struct authority *authority, mbedtls_x509write_cert *certificate)
{
    uint8_t serial = ++authority->serial;
    mbedtls_x509write_crt_set_version(certificate, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(certificate, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_issuer_key(certificate, &authority->key);
    int error = mbedtls_x509write_crt_set_serial_raw(certificate, &serial, 1);
    if (error == 0) {
        error = mbedtls_x509write_crt_set_validity(certificate, NOT_BEFORE, NOT_AFTER);
    }
    if (error == 0) {
        error = mbedtls_x509write_crt_set_issuer_name(certificate, authority->name);
    }
    return error != 0 ? error : mbedtls_x509write_crt_set_authority_key_identifier(certificate);
}

/// Signs, and puts the DER, which mbedTLS writes to a buffer's end, at its beginning.
static int finish(mbedtls_x509write_cert *certificate, uint8_t out[CERTIFICATE_MOST])
{
    int size = mbedtls_x509write_crt_der(certificate, out, CERTIFICATE_MOST, draw, NULL);
    if (size > 0) {
        memmove(out, out + CERTIFICATE_MOST - size, (size_t)size);
    }
    return size;
}

static int import_point(mbedtls_pk_context *pk, const struct public_key *key)
{
    const bool small = key->kind == KEY_P256;
    const mbedtls_ecp_group_id curve = small ? MBEDTLS_ECP_DP_SECP256R1 : MBEDTLS_ECP_DP_SECP384R1;
    const size_t size = small ? 32 : 48;
    uint8_t bytes[1 + 2 * 48] = {4}; // uncompressed
    mbedtls_ecp_group group;
    mbedtls_ecp_point point;
    if (key->x_size > size || key->y_size > size) {
        return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    }
    memcpy(bytes + 1 + size - key->x_size, key->x, key->x_size);
    memcpy(bytes + 1 + 2 * size - key->y_size, key->y, key->y_size);
    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&point);
    int error = mbedtls_pk_setup(pk, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
    if (error == 0) {
        error = mbedtls_ecp_group_load(&group, curve);
    }
    if (error == 0) {
        error = mbedtls_ecp_point_read_binary(&group, &point, bytes, 1 + 2 * size);
    }
    if (error == 0) {
        error = mbedtls_ecp_check_pubkey(&group, &point);
    }
    if (error == 0) {
        error = mbedtls_ecp_set_public_key(curve, mbedtls_pk_ec(*pk), &point);
    }
    mbedtls_ecp_point_free(&point);
    mbedtls_ecp_group_free(&group);
    return error;
}

static int import_key(mbedtls_pk_context *pk, const struct public_key *key)
{
    static const uint8_t exponent[] = {1, 0, 1};
    if (key->kind != KEY_RSA) {
        return import_point(pk, key);
    }
    int error = mbedtls_pk_setup(pk, mbedtls_pk_info_from_type(MBEDTLS_PK_RSA));
    if (error == 0) {
        error = mbedtls_rsa_import_raw(mbedtls_pk_rsa(*pk), key->x, key->x_size, NULL, 0, NULL, 0,
                                       NULL, 0, exponent, sizeof(exponent));
    }
    return error != 0 ? error : mbedtls_rsa_complete(mbedtls_pk_rsa(*pk));
}

int authority_init(struct authority *authority)
{
    uint8_t public[128], digest[32];
    uint8_t *at = public + sizeof(public);
    authority->serial = 0;
    mbedtls_pk_init(&authority->key);
    int error = mbedtls_pk_setup(&authority->key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
    if (error == 0) {
        error = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(authority->key), draw,
                                    NULL);
    }
    if (error != 0) {
        return error;
    }
    int size = mbedtls_pk_write_pubkey(&at, public, &authority->key);
    if (size < 0) {
        return size;
    }
    error = mbedtls_sha256(at, (size_t)size, digest, 0);
    // A name of its own: a certificate of another authority must not look like this one's.
    (void)snprintf(authority->name, sizeof(authority->name),
                   "CN=COCONUT vTPM authority,serialNumber=%02x%02x%02x%02x%02x%02x%02x%02x",
                   digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6],
                   digest[7]);
    return error;
}

int authority_own(struct authority *authority, uint8_t out[CERTIFICATE_MOST])
{
    mbedtls_x509write_cert certificate;
    mbedtls_x509write_crt_init(&certificate);
    mbedtls_x509write_crt_set_subject_key(&certificate, &authority->key);
    int result = begin(authority, &certificate);
    if (result == 0) {
        result = mbedtls_x509write_crt_set_subject_name(&certificate, authority->name);
    }
    if (result == 0) {
        result = mbedtls_x509write_crt_set_subject_key_identifier(&certificate);
    }
    if (result == 0) {
        result = mbedtls_x509write_crt_set_basic_constraints(&certificate, 1, 0);
    }
    if (result == 0) {
        result = mbedtls_x509write_crt_set_key_usage(&certificate, MBEDTLS_X509_KU_KEY_CERT_SIGN);
    }
    result = result == 0 ? finish(&certificate, out) : result;
    mbedtls_x509write_crt_free(&certificate);
    return result;
}

int authority_certify(struct authority *authority, enum certificate_kind kind,
                      const struct public_key *key, const struct tpm_properties *tpm,
                      uint8_t out[CERTIFICATE_MOST])
{
    const unsigned usage =
        key->kind == KEY_RSA ? MBEDTLS_X509_KU_KEY_ENCIPHERMENT : MBEDTLS_X509_KU_KEY_AGREEMENT;
    const bool ek = kind == CERTIFICATE_EK;
    mbedtls_x509write_cert certificate;
    mbedtls_pk_context subject;
    mbedtls_x509write_crt_init(&certificate);
    mbedtls_pk_init(&subject);
    int result = import_key(&subject, key);
    if (result == 0) {
        mbedtls_x509write_crt_set_subject_key(&certificate, &subject);
        result = begin(authority, &certificate);
    }
    if (result == 0) {
        result = mbedtls_x509write_crt_set_subject_name(&certificate,
                                                        ek ? SUBJECT_EK : SUBJECT_PLATFORM);
    }
    if (result == 0) {
        result = ek ? add_ek_extensions(&certificate, tpm) : add_platform_extensions(&certificate);
    }
    if (result == 0) {
        result = mbedtls_x509write_crt_set_basic_constraints(&certificate, 0, -1);
    }
    if (result == 0) {
        result = mbedtls_x509write_crt_set_key_usage(&certificate, usage);
    }
    if (result == 0) {
        result = add_extended_usage(&certificate, kind);
    }
    result = result == 0 ? finish(&certificate, out) : result;
    mbedtls_pk_free(&subject);
    mbedtls_x509write_crt_free(&certificate);
    return result;
}

void authority_free(struct authority *authority)
{
    mbedtls_pk_free(&authority->key);
}
