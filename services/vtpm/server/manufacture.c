// SPDX-License-Identifier: MIT
#include "manufacture.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tpm.h"

// Numbers of TPM 2.0, Part 2.
enum {
    TAG_NO_SESSIONS = 0x8001,
    TAG_SESSIONS = 0x8002,
    CC_EVICT_CONTROL = 0x120,
    CC_NV_DEFINE_SPACE = 0x12a,
    CC_CREATE_PRIMARY = 0x131,
    CC_NV_WRITE = 0x137,
    CC_NV_WRITE_LOCK = 0x138,
    CC_STARTUP = 0x144,
    CC_SHUTDOWN = 0x145,
    CC_FLUSH_CONTEXT = 0x165,
    CC_GET_CAPABILITY = 0x17a,
    ALG_RSA = 1,
    ALG_AES = 6,
    ALG_SHA256 = 0x0b,
    ALG_SHA384 = 0x0c,
    ALG_NULL = 0x10,
    ALG_ECC = 0x23,
    ALG_CFB = 0x43,
    CURVE_P256 = 3,
    CURVE_P384 = 4,
    CAPABILITY_PROPERTIES = 6,
    PROPERTY_LEVEL = 0x101,
    PROPERTY_REVISION = 0x102,
    PROPERTY_MANUFACTURER = 0x105,
    PROPERTY_FIRMWARE = 0x10b,
};
#define HANDLE_OWNER 0x40000001u
#define HANDLE_PASSWORD 0x40000009u
#define HANDLE_ENDORSEMENT 0x4000000bu
#define HANDLE_PLATFORM 0x4000000cu

// Indices of TCG's EK Credential Profile, the attributes that swtpm_setup gives them:
// PLATFORMCREATE, NO_DA, AUTHREAD, OWNERREAD, PPREAD, WRITEDEFINE, PPWRITE.
#define INDEX_PLATFORM 0x01c08000u
#define INDEX_AUTHORITY 0x01c00100u
#define INDEX_ATTRIBUTES 0x42072001u

#define NV_PIECE 1024

/// An endorsement key by one of the profile's templates.
struct template
{
    enum key_kind kind;
    uint32_t index;      ///< of its certificate
    uint32_t persistent; ///< its handle
    uint32_t attributes;
    bool high; ///< SHA-384 and AES-256 instead of SHA-256 and AES-128, and `unique` empty
};

// Templates L-1, L-2 and H-3.
static const struct template templates[] = {
    {KEY_RSA, 0x01c00002, 0x81010001, 0x000300b2, false},
    {KEY_P256, 0x01c0000a, 0x81010002, 0x000300b2, false},
    {KEY_P384, 0x01c00016, 0x81010016, 0x000300f2, true},
};

// PolicySecret(TPM_RH_ENDORSEMENT), and PolicyB_SHA384 of the profile.
static const uint8_t policy_low[32] = {
    0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a, 0x90, 0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24,
    0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52, 0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa};
static const uint8_t policy_high[48] = {
    0xb2, 0x6e, 0x7d, 0x28, 0xd1, 0x1a, 0x50, 0xbc, 0x53, 0xd8, 0x82, 0xbc, 0xf5, 0xfd, 0x3a, 0x1a,
    0x07, 0x41, 0x48, 0xbb, 0x35, 0xd3, 0xb4, 0xe4, 0xcb, 0x1c, 0x0a, 0xd9, 0xbd, 0xe4, 0x19, 0xca,
    0xcb, 0x47, 0xba, 0x09, 0x69, 0x96, 0x46, 0x15, 0x0f, 0x9f, 0xc0, 0x00, 0xf3, 0xf8, 0x0e, 0x12};

/// A conversation with the TPM: the command that is being written, and the last response. What does
/// not fit, or is not there, makes it fail for good.
struct talk {
    manufacture_process *process;
    uint8_t command[TPM_MOST], response[TPM_MOST];
    size_t size;           ///< of the command
    size_t at, length;     ///< where the response is read, and its end
    const char *complaint; ///< why it failed, or NULL
};

// --- Writing a command ------------------------------------------------------

static void put(struct talk *talk, const void *bytes, size_t size)
{
    if (size > sizeof(talk->command) - talk->size) {
        talk->complaint = "a command is too long";
        return;
    }
    memcpy(talk->command + talk->size, bytes, size);
    talk->size += size;
}

/// A number of `bytes` bytes, big-endian.
static void put_number(struct talk *talk, uint32_t value, unsigned bytes)
{
    uint8_t text[4];
    for (unsigned i = 0; i < bytes; i++) {
        text[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
    }
    put(talk, text, bytes);
}

static void put16(struct talk *talk, uint32_t value)
{
    put_number(talk, value, 2);
}

static void put32(struct talk *talk, uint32_t value)
{
    put_number(talk, value, 4);
}

/// Bytes and their number before them.
static void put_sized(struct talk *talk, const void *bytes, size_t size)
{
    put16(talk, (uint32_t)size);
    put(talk, bytes, size);
}

static void begin(struct talk *talk, uint32_t tag, uint32_t code)
{
    talk->size = 0;
    put16(talk, tag);
    put32(talk, 0); // the size, when it is known
    put32(talk, code);
}

/// One session: the empty password.
static void put_password(struct talk *talk)
{
    put32(talk, 9);
    put32(talk, HANDLE_PASSWORD);
    put16(talk, 0);
    put_number(talk, 0, 1);
    put16(talk, 0);
}

// --- Reading a response -----------------------------------------------------

/// The next bytes; NULL if there are not so many.
static const uint8_t *take(struct talk *talk, size_t size)
{
    const uint8_t *bytes = talk->response + talk->at;
    if (talk->complaint != NULL || size > talk->length - talk->at) {
        talk->complaint = talk->complaint != NULL ? talk->complaint : "a response is too short";
        return NULL;
    }
    talk->at += size;
    return bytes;
}

static uint32_t take_number(struct talk *talk, unsigned bytes)
{
    const uint8_t *text = take(talk, bytes);
    uint32_t value = 0;
    for (unsigned i = 0; text != NULL && i < bytes; i++) {
        value = value << 8 | text[i];
    }
    return value;
}

static const uint8_t *take_sized(struct talk *talk, size_t *size)
{
    *size = take_number(talk, 2);
    return take(talk, *size);
}

/// Sends the command. The response is then read behind its header.
static bool finish(struct talk *talk, const char *what)
{
    if (talk->complaint != NULL) {
        return false;
    }
    for (unsigned i = 0; i < 4; i++) {
        talk->command[2 + i] = (uint8_t)(talk->size >> (24 - 8 * i));
    }
    talk->length = talk->process(talk->command, talk->size, talk->response);
    talk->at = 6;
    if (take_number(talk, 4) != 0) {
        talk->complaint = what;
    }
    return talk->complaint == NULL;
}

// --- Steps -------------------------------------------------------------------

static bool power(struct talk *talk, uint32_t code)
{
    begin(talk, TAG_NO_SESSIONS, code);
    put16(talk, 0); // CLEAR
    return finish(talk, "TPM2_Startup or TPM2_Shutdown failed");
}

static uint32_t property(struct talk *talk, uint32_t which)
{
    begin(talk, TAG_NO_SESSIONS, CC_GET_CAPABILITY);
    put32(talk, CAPABILITY_PROPERTIES);
    put32(talk, which);
    put32(talk, 1);
    (void)finish(talk, "TPM2_GetCapability failed");
    // whether there is more, the capability, how many
    (void)take(talk, 9);
    if (take_number(talk, 4) != which && talk->complaint == NULL) {
        talk->complaint = "a property is missing";
    }
    return take_number(talk, 4);
}

/// The public area that the template asks for, with its size before it.
static void put_template(struct talk *talk, const struct template *template)
{
    static const uint8_t zeros[256];
    const size_t size_at = talk->size;
    put16(talk, 0);
    put16(talk, template->kind == KEY_RSA ? ALG_RSA : ALG_ECC);
    put16(talk, template->high ? ALG_SHA384 : ALG_SHA256);
    put32(talk, template->attributes);
    if (template->high) {
        put_sized(talk, policy_high, sizeof(policy_high));
    } else {
        put_sized(talk, policy_low, sizeof(policy_low));
    }
    put16(talk, ALG_AES);
    put16(talk, template->high ? 256 : 128);
    put16(talk, ALG_CFB);
    put16(talk, ALG_NULL);
    if (template->kind == KEY_RSA) {
        put16(talk, 2048);
        put32(talk, 0); // 65537
        put_sized(talk, zeros, 256);
    } else {
        put16(talk, template->kind == KEY_P256 ? CURVE_P256 : CURVE_P384);
        put16(talk, ALG_NULL);
        put_sized(talk, zeros, template->high ? 0 : 32);
        put_sized(talk, zeros, template->high ? 0 : 32);
    }
    const size_t size = talk->size - size_at - 2;
    if (talk->complaint == NULL) {
        talk->command[size_at] = (uint8_t)(size >> 8);
        talk->command[size_at + 1] = (uint8_t)size;
    }
}

/// The key of a response to TPM2_CreatePrimary; it points into the response.
static void take_key(struct talk *talk, const struct template *template, struct public_key *key)
{
    size_t size;
    key->kind = template->kind;
    key->y = NULL;
    key->y_size = 0;
    (void)take(talk, 4 + 2 + 2 + 2 + 4); // size of parameters, of the area, type, hash, attributes
    (void)take_sized(talk, &size);       // policy
    (void)take(talk, 8);                 // AES, its size and mode, no scheme
    (void)take(talk, template->kind == KEY_RSA ? 6 : 4); // size and exponent, or curve and KDF
    key->x = take_sized(talk, &key->x_size);
    if (template->kind != KEY_RSA) {
        key->y = take_sized(talk, &key->y_size);
    }
}

/// Makes an endorsement key; its handle, and the key, which points into the response.
static uint32_t create(struct talk *talk, const struct template *template, struct public_key *key)
{
    static const uint8_t no_sensitive[4];
    begin(talk, TAG_SESSIONS, CC_CREATE_PRIMARY);
    put32(talk, HANDLE_ENDORSEMENT);
    put_password(talk);
    put_sized(talk, no_sensitive, sizeof(no_sensitive));
    put_template(talk, template);
    put16(talk, 0); // outside information
    put32(talk, 0); // PCRs
    (void)finish(talk, "TPM2_CreatePrimary of an endorsement key failed");
    uint32_t handle = take_number(talk, 4);
    take_key(talk, template, key);
    return handle;
}

/// Gives an object a persistent handle, and flushes it.
static bool keep(struct talk *talk, uint32_t handle, uint32_t persistent)
{
    begin(talk, TAG_SESSIONS, CC_EVICT_CONTROL);
    put32(talk, HANDLE_OWNER);
    put32(talk, handle);
    put_password(talk);
    put32(talk, persistent);
    if (!finish(talk, "TPM2_EvictControl failed")) {
        return false;
    }
    begin(talk, TAG_NO_SESSIONS, CC_FLUSH_CONTEXT);
    put32(talk, handle);
    return finish(talk, "TPM2_FlushContext failed");
}

/// Writes an index of its own, which only the platform can remove.
static bool store(struct talk *talk, uint32_t index, const uint8_t *bytes, int size)
{
    if (talk->complaint == NULL && size <= 0) {
        talk->complaint = "mbedTLS makes no certificate";
    }
    if (talk->complaint != NULL) {
        return false;
    }
    begin(talk, TAG_SESSIONS, CC_NV_DEFINE_SPACE);
    put32(talk, HANDLE_PLATFORM);
    put_password(talk);
    put16(talk, 0);  // no password of its own
    put16(talk, 14); // the public area's size
    put32(talk, index);
    put16(talk, ALG_SHA256);
    put32(talk, INDEX_ATTRIBUTES);
    put16(talk, 0); // no policy
    put16(talk, (uint32_t)size);
    (void)finish(talk, "TPM2_NV_DefineSpace failed");
    for (int done = 0; done < size; done += NV_PIECE) {
        int piece = size - done < NV_PIECE ? size - done : NV_PIECE;
        begin(talk, TAG_SESSIONS, CC_NV_WRITE);
        put32(talk, HANDLE_PLATFORM);
        put32(talk, index);
        put_password(talk);
        put_sized(talk, bytes + done, (size_t)piece);
        put16(talk, (uint32_t)done);
        (void)finish(talk, "TPM2_NV_Write failed");
    }
    begin(talk, TAG_SESSIONS, CC_NV_WRITE_LOCK);
    put32(talk, HANDLE_PLATFORM);
    put32(talk, index);
    put_password(talk);
    return finish(talk, "TPM2_NV_WriteLock failed");
}

/// A key and its certificate; the one of the platform holds the RSA key, too.
static bool endorse(struct talk *talk, struct authority *authority, const struct template *template,
                    const struct tpm_properties *tpm)
{
    static uint8_t certificate[CERTIFICATE_MOST], platform[CERTIFICATE_MOST];
    struct public_key key;
    int size = 0, platform_size = 0;
    uint32_t handle = create(talk, template, &key);
    if (talk->complaint != NULL) {
        return false;
    }
    size = authority_certify(authority, CERTIFICATE_EK, &key, tpm, certificate);
    if (key.kind == KEY_RSA) {
        platform_size = authority_certify(authority, CERTIFICATE_PLATFORM, &key, tpm, platform);
    }
    return keep(talk, handle, template->persistent) &&
           store(talk, template->index, certificate, size) &&
           (key.kind != KEY_RSA || store(talk, INDEX_PLATFORM, platform, platform_size));
}

int manufacture(manufacture_process *process, uint8_t own[CERTIFICATE_MOST])
{
    static struct talk talk;
    struct authority authority;
    struct tpm_properties tpm;
    int size = 0;
    talk.process = process;
    talk.complaint = authority_init(&authority) == 0 ? NULL : "mbedTLS makes no key";
    if (talk.complaint == NULL && power(&talk, CC_STARTUP)) {
        tpm.manufacturer = property(&talk, PROPERTY_MANUFACTURER);
        tpm.firmware = property(&talk, PROPERTY_FIRMWARE);
        tpm.level = property(&talk, PROPERTY_LEVEL);
        tpm.revision = property(&talk, PROPERTY_REVISION);
        size = authority_own(&authority, own);
        (void)store(&talk, INDEX_AUTHORITY, own, size);
        for (size_t i = 0; i < sizeof(templates) / sizeof(templates[0]); i++) {
            (void)endorse(&talk, &authority, &templates[i], &tpm);
        }
        (void)power(&talk, CC_SHUTDOWN);
    }
    authority_free(&authority);
    if (talk.complaint != NULL) {
        (void)fprintf(stderr, "vtpm: a new TPM cannot be made: %s\n", talk.complaint);
        return -1;
    }
    return size;
}
