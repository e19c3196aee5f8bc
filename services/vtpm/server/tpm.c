// SPDX-License-Identifier: MIT
#include "tpm.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/platform_util.h>

#include <libtpms/tpm_error.h>
#include <libtpms/tpm_library.h>
#include <libtpms/tpm_nvfilename.h>

#include "manufacture.h"
#include "state.h"

/// Response codes of the service itself: the TPM is off; it failed.
#define RC_INITIALIZE 0x100
#define RC_FAILURE 0x101
#define MOST_LOCALITY 4
#define RESPONSE_HEADER 10

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool powered;             ///< under `lock`
static uint8_t locality_now;     ///< under `lock`, for the command in progress
static bool state_failed;        ///< under `lock`: a state was refused or could not be written
static atomic_bool busy;         ///< a command is in progress
static void (*before_use)(void); ///< or NULL

/// A TPM that is being made: its state is kept here until it is complete. Under `lock`.
static struct {
    bool active;
    uint8_t *data; ///< from malloc(), or NULL
    size_t size;
} fresh;

// --- What libtpms calls; always with `lock` held
// -------------------------------------------------------

/// Which of our files a name of libtpms's means; 0 for one that TPM 2.0 does
/// not use.
static int kind_of(const char *name)
{
    if (strcmp(name, TPM_PERMANENT_ALL_NAME) == 0) {
        return STATE_PERMANENT;
    }
    return strcmp(name, TPM_VOLATILESTATE_NAME) == 0 ? STATE_VOLATILE : 0;
}

static TPM_RESULT init_nothing(void)
{
    return TPM_SUCCESS;
}

/// A copy of the state of the TPM that is being made, which libtpms reads again when its power
/// comes.
static enum state_result load_fresh(uint8_t **data, size_t *size)
{
    *data = malloc(fresh.size);
    if (*data == NULL) {
        return STATE_REFUSED;
    }
    memcpy(*data, fresh.data, fresh.size);
    *size = fresh.size;
    return STATE_OK;
}

static TPM_RESULT load_data(unsigned char **data, uint32_t *length, uint32_t tpm_number,
                            const char *name)
{
    size_t size = 0;
    (void)tpm_number;
    int kind = kind_of(name);
    if (kind == 0) {
        return TPM_RETRY; // libtpms's word for: there is none
    }
    const bool made = fresh.data != NULL && kind == STATE_PERMANENT;
    enum state_result result =
        made ? load_fresh(data, &size) : state_load((enum state_kind)kind, data, &size);
    *length = (uint32_t)size;
    if (result == STATE_ABSENT) {
        fresh.active = fresh.active || kind == STATE_PERMANENT;
        return TPM_RETRY;
    }
    state_failed = state_failed || result != STATE_OK;
    return result == STATE_OK ? TPM_SUCCESS : TPM_FAIL;
}

/// Keeps the state of a TPM that is being made. Returns whether it could.
static bool keep_fresh(const unsigned char *data, uint32_t length)
{
    uint8_t *copy = length > 0 ? malloc(length) : NULL;
    if (copy == NULL) {
        (void)fprintf(stderr, "vtpm: no memory for the state of a new TPM\n");
        return false;
    }
    memcpy(copy, data, length);
    free(fresh.data);
    fresh.data = copy;
    fresh.size = length;
    return true;
}

static TPM_RESULT store_data(const unsigned char *data, uint32_t length, uint32_t tpm_number,
                             const char *name)
{
    (void)tpm_number;
    int kind = kind_of(name);
    // After a refusal nothing is written: what was refused must stay.
    bool done = kind != 0 && !state_failed;
    if (done && fresh.active && kind == STATE_PERMANENT) {
        done = keep_fresh(data, length);
    } else if (done) {
        done = state_store((enum state_kind)kind, data, length) == STATE_OK;
    }
    state_failed = state_failed || !done;
    return done ? TPM_SUCCESS : TPM_FAIL;
}

static TPM_RESULT delete_name(uint32_t tpm_number, const char *name, TPM_BOOL must_exist)
{
    (void)tpm_number;
    (void)must_exist;
    int kind = kind_of(name);
    return kind == 0 || state_delete((enum state_kind)kind) == STATE_OK ? TPM_SUCCESS : TPM_FAIL;
}

static TPM_RESULT get_locality(TPM_MODIFIER_INDICATOR *modifier, uint32_t tpm_number)
{
    (void)tpm_number;
    *modifier = locality_now;
    return TPM_SUCCESS;
}

// --- One command
// -----------------------------------------------------------------------------------------

/// A response that is nothing but a code. Apart from what commands need that succeed.
static __attribute__((cold, noinline)) size_t respond(uint8_t *response, uint32_t code)
{
    const uint8_t bytes[RESPONSE_HEADER] = {0x80,
                                            0x01,
                                            0,
                                            0,
                                            0,
                                            RESPONSE_HEADER,
                                            (uint8_t)(code >> 24),
                                            (uint8_t)(code >> 16),
                                            (uint8_t)(code >> 8),
                                            (uint8_t)code};
    memcpy(response, bytes, sizeof(bytes));
    return sizeof(bytes);
}

/// With `lock` held and the power on.
static size_t process(const uint8_t *command, size_t size, uint8_t *response)
{
    // libtpms grows the buffer as it needs, and keeps it for us.
    static unsigned char *buffer;
    static uint32_t room, length;
    static uint8_t copy[TPM_MOST];
    length = 0;
    memcpy(copy, command, size);
    TPM_RESULT result = TPMLIB_Process(&buffer, &length, &room, copy, (uint32_t)size);
    if (result != TPM_SUCCESS || length < RESPONSE_HEADER || length > TPM_MOST) {
        return respond(response, RC_FAILURE);
    }
    memcpy(response, buffer, length);
    return length;
}

// --- Power
// ---------------------------------------------------------------------------------------------

int tpm_open(const char *directory)
{
    static struct libtpms_callbacks callbacks = {
        .sizeOfStruct = sizeof(callbacks),
        .tpm_nvram_init = init_nothing,
        .tpm_nvram_loaddata = load_data,
        .tpm_nvram_storedata = store_data,
        .tpm_nvram_deletename = delete_name,
        .tpm_io_init = init_nothing,
        .tpm_io_getlocality = get_locality,
    };
    if (state_open(directory) != 0) {
        return -1;
    }
    if (TPMLIB_ChooseTPMVersion(TPMLIB_TPM_VERSION_2) != TPM_SUCCESS ||
        TPMLIB_RegisterCallbacks(&callbacks) != TPM_SUCCESS) {
        (void)fprintf(stderr, "vtpm: libtpms has no TPM 2.0\n");
        return -1;
    }
    return 0;
}

void tpm_before_use(void (*hook)(void))
{
    before_use = hook;
}

/// With `lock` held.
static void power_off(void)
{
    if (powered) {
        TPMLIB_Terminate();
        powered = false;
    }
}

/// Starts libtpms from what is in the files. With `lock` held and the power off.
static int initialize(void)
{
    TPM_RESULT result = TPMLIB_MainInit();
    if (result != TPM_SUCCESS || state_failed) {
        (void)fprintf(stderr, "vtpm: the TPM does not start (0x%x)\n", (unsigned)result);
        if (result == TPM_SUCCESS) {
            TPMLIB_Terminate();
        }
        return -1;
    }
    powered = true;
    if (TPMLIB_SetBufferSize(TPM_MOST, NULL, NULL) != TPM_MOST) {
        (void)fprintf(stderr, "vtpm: libtpms takes no buffer of %u bytes\n", (unsigned)TPM_MOST);
        power_off();
        return -1;
    }
    return 0;
}

int tpm_authority(uint8_t digest[32])
{
    // Without the lock, which a long command holds: the file is replaced as a whole, if ever.
    return state_digest(STATE_AUTHORITY, digest) == STATE_OK ? 0 : -1;
}

/// Says that there is a new TPM, and whom its certificates are from: nobody else will.
static void tell_authority(void)
{
    uint8_t digest[32];
    char text[2 * sizeof(digest) + 1];
    if (state_digest(STATE_AUTHORITY, digest) != STATE_OK) {
        return;
    }
    for (size_t i = 0; i < sizeof(digest); i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    (void)fprintf(stderr, "vtpm: made a TPM; SHA-256 of its authority's certificate: %s\n", text);
}

/// Equips the new TPM that initialize() made, and keeps it: until its state is in the file, there
/// is none, and whoever starts after a failure begins anew. Leaves the power off. Returns 0 or -1.
static int complete(void)
{
    static uint8_t authority[CERTIFICATE_MOST];
    int size = manufacture(process, authority);
    power_off();
    if (size < 0 || state_failed || fresh.data == NULL ||
        state_publish(STATE_AUTHORITY, authority, (size_t)size) != STATE_OK ||
        state_store(STATE_PERMANENT, fresh.data, fresh.size) != STATE_OK) {
        return -1;
    }
    tell_authority();
    return 0;
}

/// With `lock` held.
static int power_on(void)
{
    if (powered) {
        return 0;
    }
    if (state_recover() != 0) {
        return -1;
    }
    state_failed = fresh.active = false;
    int result = initialize();
    if (fresh.active) {
        result = result == 0 ? complete() : result;
        if (fresh.data != NULL) {
            mbedtls_platform_zeroize(fresh.data, fresh.size);
            free(fresh.data);
            fresh.data = NULL;
        }
        fresh.active = false;
        result = result == 0 ? initialize() : result;
    }
    if (result != 0) {
        return -1;
    }
    // The suspended state is used up: to go on from it twice would turn back
    // counters.
    if (before_use != NULL) {
        before_use();
    }
    if (state_delete(STATE_VOLATILE) != STATE_OK) {
        power_off();
        return -1;
    }
    return 0;
}

int tpm_power_on(void)
{
    (void)pthread_mutex_lock(&lock);
    int result = power_on();
    (void)pthread_mutex_unlock(&lock);
    return result;
}

void tpm_power_off(void)
{
    (void)pthread_mutex_lock(&lock);
    power_off();
    (void)pthread_mutex_unlock(&lock);
}

int tpm_reset(void)
{
    (void)pthread_mutex_lock(&lock);
    power_off();
    int result = power_on();
    (void)pthread_mutex_unlock(&lock);
    return result;
}

/// With `lock` held and the power on.
static int suspend(void)
{
    unsigned char *data = NULL;
    uint32_t size = 0;
    int result = -1;
    if (!state_failed && TPMLIB_VolatileAll_Store(&data, &size) == TPM_SUCCESS &&
        state_store(STATE_VOLATILE, data, size) == STATE_OK) {
        power_off();
        result = 0;
    } else {
        // It stays on: nobody may go on from what is kept of it now.
        state_failed = state_delete(STATE_VOLATILE) != STATE_OK || state_failed;
    }
    free(data);
    return result;
}

int tpm_suspend(void)
{
    (void)pthread_mutex_lock(&lock);
    int result = powered ? suspend() : -1;
    (void)pthread_mutex_unlock(&lock);
    return result;
}

int tpm_end(void)
{
    (void)pthread_mutex_lock(&lock);
    int result = powered ? suspend() : 0;
    (void)pthread_mutex_unlock(&lock);
    return result;
}

// --- Commands
// ------------------------------------------------------------------------------------------

/// With `lock` held.
static size_t execute(uint8_t locality, const uint8_t *command, size_t size, uint8_t *response)
{
    if (!powered) {
        return respond(response, RC_INITIALIZE);
    }
    if (size == 0 || size > TPM_MOST || locality > MOST_LOCALITY || state_failed) {
        return respond(response, RC_FAILURE);
    }
    locality_now = locality;
    atomic_store_explicit(&busy, true, memory_order_release);
    size_t length = process(command, size, response);
    atomic_store_explicit(&busy, false, memory_order_release);
    // What the command did is not on disk: its success must not be told.
    return state_failed ? respond(response, RC_FAILURE) : length;
}

size_t tpm_execute(uint8_t locality, const uint8_t *command, size_t size, uint8_t *response)
{
    (void)pthread_mutex_lock(&lock);
    size_t length = execute(locality, command, size, response);
    (void)pthread_mutex_unlock(&lock);
    return length;
}

void tpm_cancel(void)
{
    if (atomic_load(&busy)) {
        (void)TPMLIB_CancelCommand();
    }
}
