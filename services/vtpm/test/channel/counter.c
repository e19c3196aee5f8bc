// SPDX-License-Identifier: MIT
// A client of a TPM that dies at a later call each time it is started: see ../cut/cut.c. It counts
// in an NV index; whatever dies meanwhile, each call ends, and each increment that was answered is
// in the index. Ends with the number of failures.
#include <coconut/coconut.h>

#include "vtpm.h"

#define RC_SUCCESS 0u
#define RC_INITIALIZE 0x100u
#define RC_NV_DEFINED 0x14cu
#define CANCELED (~0u)
#define BROKEN (~0u - 1)
#define RESPONSE_HEADER 10
#define CUTS 45         ///< calls in which the service dies; each is at a later place
#define MOST_CALLS 2000 ///< the test ends, whatever happens

static struct coco_client tpm;
static unsigned canceled, failures;

static const uint8_t startup[] = {0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x44, 0, 0};
// Index 0x01500001, a counter: NO_DA, OWNERREAD, AUTHREAD, OWNERWRITE, AUTHWRITE; by the owner,
// with the empty password
static const uint8_t define[] = {0x80, 2, 0,    0,    0, 0x2d, 0,   0, 1, 0x2a, 0x40, 0, 0, 1, 0,
                                 0,    0, 9,    0x40, 0, 0,    9,   0, 0, 0,    0,    0, 0, 0, 0,
                                 0xe,  1, 0x50, 0,    1, 0,    0xb, 2, 6, 0,    0x16, 0, 0, 0, 8};
static const uint8_t increment[] = {0x80, 2, 0, 0, 0,    0x1f, 0, 0, 1, 0x34, 0x40,
                                    0,    0, 1, 1, 0x50, 0,    1, 0, 0, 0,    9,
                                    0x40, 0, 0, 9, 0,    0,    0, 0, 0};
static const uint8_t read_index[] = {0x80, 2, 0, 0,    0, 0x23, 0, 0, 1, 0x4e, 1,    0x50,
                                     0,    1, 1, 0x50, 0, 1,    0, 0, 0, 9,    0x40, 0,
                                     0,    9, 0, 0,    0, 0,    0, 0, 8, 0,    0};

/// Sends a command; the response's code, CANCELED if the service died, BROKEN for what must not be.
static uint32_t send(const uint8_t *command, uint32_t size, struct vtpm_send_results *results)
{
    const struct vtpm_send_arguments arguments = {.command = command, .command_count = size};
    int32_t error = vtpm_send(&tpm, &arguments, results);
    if (error == COCO_ECANCELED) {
        canceled++;
        return CANCELED;
    }
    if (error != 0 || results->response_count < RESPONSE_HEADER) {
        coco_service_log(COCO_LOG_ERROR, "failed: a call ended with %d", (int)error);
        return BROKEN;
    }
    const uint8_t *code = results->response + 6;
    return (uint32_t)code[0] << 24 | (uint32_t)code[1] << 16 | (uint32_t)code[2] << 8 | code[3];
}

/// Sends a command until it is answered; starts the TPM when it is a new one. *tries is how often
/// the command may have been done without an answer.
static uint32_t insist(const uint8_t *command, uint32_t size, struct vtpm_send_results *results,
                       unsigned *tries)
{
    *tries = 0;
    for (unsigned i = 0; i < MOST_CALLS; i++) {
        uint32_t code = send(command, size, results);
        if (code == CANCELED) {
            ++*tries;
        } else if (code == RC_INITIALIZE) {
            struct vtpm_send_results ignored;
            uint32_t started = send(startup, sizeof(startup), &ignored);
            if (started != RC_SUCCESS && started != CANCELED) {
                return BROKEN;
            }
        } else {
            return code;
        }
    }
    return BROKEN;
}

static void fail(const char *what, uint64_t one, uint64_t other)
{
    failures++;
    coco_service_log(COCO_LOG_ERROR, "failed: %s: %u, %u", what, (unsigned)one, (unsigned)other);
}

/// What the index says.
static uint64_t look(void)
{
    struct vtpm_send_results results;
    unsigned tries;
    uint64_t value = 0;
    uint32_t code = insist(read_index, sizeof(read_index), &results, &tries);
    if (code != RC_SUCCESS || results.response_count < RESPONSE_HEADER + 4 + 2 + 8) {
        fail("reading", code, results.response_count);
        return 0;
    }
    for (unsigned i = 0; i < 8; i++) {
        value = value << 8 | results.response[RESPONSE_HEADER + 4 + 2 + i];
    }
    return value;
}

int main(void)
{
    struct vtpm_send_results results;
    unsigned tries, answered = 0;
    if (coco_client_open(&tpm, "tpm") != 0) {
        return 99; // nobody gave us the channel
    }
    uint32_t code = insist(define, sizeof(define), &results, &tries);
    if (code != RC_SUCCESS && !(code == RC_NV_DEFINED && tries > 0)) {
        fail("defining", code, tries);
    }
    code = insist(increment, sizeof(increment), &results, &tries);
    uint64_t known = code == RC_SUCCESS ? look() : 0;
    while (failures == 0 && canceled < CUTS && answered < MOST_CALLS) {
        code = insist(increment, sizeof(increment), &results, &tries);
        uint64_t now = look();
        answered++;
        // One was answered; others may have been done in a service that died before it could
        // answer.
        if (code != RC_SUCCESS || now < known + 1 || now > known + 1 + tries) {
            fail("counting", now, known);
        }
        known = now;
    }
    coco_service_log(COCO_LOG_INFO, "%u answered, %u canceled, %u failures", answered, canceled,
                     failures);
    return (int)failures + (canceled < CUTS);
}
