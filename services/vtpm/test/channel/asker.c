// SPDX-License-Identifier: MIT
// A client of the service's channels: a sequence of commands, the SVSM's entrance, power and reset.
// It says in the log what does not hold, and ends with the number of failures.
#include <string.h>

#include <coconut/coconut.h>

#include "vtpm.h"
#include "vtpm_platform.h"

#define RESPONSE_HEADER 10
#define RC_INITIALIZE 0x100u
#define RC_SIZE 0x95u
#define SVSM_MOST 4073 ///< bytes of a request
#define PAGE 4096u

static struct coco_client tpm, platform;
static unsigned checks, failures;

static const uint8_t startup[] = {0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x44, 0, 0};
static const uint8_t self_test[] = {0x80, 1, 0, 0, 0, 11, 0, 0, 1, 0x43, 1};
static const uint8_t get_random[] = {0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x7b, 0, 16};
// PCR 16, the empty password, one digest: SHA-256 of 32 bytes of 0x11
static const uint8_t extend_head[] = {0x80, 2, 0,  0, 0, 65, 0, 0,    1, 0x82, 0,
                                      0,    0, 16, 0, 0, 0,  9, 0x40, 0, 0,    9,
                                      0,    0, 0,  0, 0, 0,  0, 0,    1, 0,    0x0b};
static const uint8_t read_pcr[] = {0x80, 1, 0, 0, 0, 20,   0, 0, 1, 0x7e,
                                   0,    0, 0, 1, 0, 0x0b, 3, 0, 0, 1};
// SHA-256 of 32 bytes of 0 and 32 bytes of 0x11, worked out by sha256sum
static const uint8_t extended[] = {0x88, 0x78, 0xb1, 0x5a, 0x7d, 0x6a, 0x3a, 0x4f, 0x46, 0x4e, 0x8f,
                                   0x9f, 0x42, 0x59, 0x1d, 0xbc, 0x0c, 0xf4, 0xbe, 0xde, 0xa0, 0xec,
                                   0x30, 0x90, 0x03, 0xd2, 0xb2, 0xee, 0x53, 0x65, 0x5e, 0xf8};

static void check(const char *what, bool good)
{
    checks++;
    if (!good) {
        failures++;
        coco_service_log(COCO_LOG_ERROR, "failed: %s", what);
    }
}

/// Sends a command; the response's code, or ~0 if the call failed. *length and the bytes as the
/// client got them.
static uint32_t send(const uint8_t *command, uint32_t size, const uint8_t **response,
                     uint32_t *length)
{
    const struct vtpm_send_arguments arguments = {.command = command, .command_count = size};
    struct vtpm_send_results results;
    if (vtpm_send(&tpm, &arguments, &results) != 0 || results.response_count < RESPONSE_HEADER) {
        return ~0u;
    }
    *response = results.response;
    *length = results.response_count;
    const uint8_t *code = results.response + 6;
    return (uint32_t)code[0] << 24 | (uint32_t)code[1] << 16 | (uint32_t)code[2] << 8 | code[3];
}

static void commands(void)
{
    const uint8_t *response = NULL;
    uint32_t length = 0;
    uint8_t first[28], extend[sizeof(extend_head) + 32];
    check("no command before TPM2_Startup",
          send(get_random, sizeof(get_random), &response, &length) == RC_INITIALIZE);
    check("TPM2_Startup", send(startup, sizeof(startup), &response, &length) == 0);
    check("TPM2_SelfTest", send(self_test, sizeof(self_test), &response, &length) == 0);
    check("TPM2_GetRandom",
          send(get_random, sizeof(get_random), &response, &length) == 0 && length == sizeof(first));
    memcpy(first, response, sizeof(first));
    check("another number", send(get_random, sizeof(get_random), &response, &length) == 0 &&
                                memcmp(first, response, sizeof(first)) != 0);
    memcpy(extend, extend_head, sizeof(extend_head));
    memset(extend + sizeof(extend_head), 0x11, 32);
    check("TPM2_PCR_Extend", send(extend, sizeof(extend), &response, &length) == 0);
    check("TPM2_PCR_Read", send(read_pcr, sizeof(read_pcr), &response, &length) == 0 &&
                               length >= 32 && memcmp(response + length - 32, extended, 32) == 0);
    check("nothing is no command", send(startup, 0, &response, &length) != 0);
}

/// A request of `size` bytes of which the command, as it says, has `length`; the call's error.
static int32_t ask_svsm(uint32_t size, uint32_t length, struct vtpm_svsm_results *results)
{
    static uint8_t request[SVSM_MOST];
    const struct vtpm_svsm_arguments arguments = {.request = request, .request_count = size};
    memset(request, 0, sizeof(request));
    request[0] = 8;
    for (unsigned i = 0; i < 4; i++) {
        request[5 + i] = (uint8_t)(length >> (8 * i));
    }
    memcpy(request + 9, get_random, sizeof(get_random));
    return vtpm_svsm(&tpm, &arguments, results);
}

/// Lengths that no guest should send, and the longest that one may.
static void svsm_lengths(void)
{
    static const uint32_t wrong[] = {SVSM_MOST - 8, 4096,       0x7fffffff,
                                     0x80000000,    0xfffffff7, 0xffffffff};
    struct vtpm_svsm_results results;
    for (uint32_t size = 0; size < 9; size++) {
        check("svsm: a part of a header", ask_svsm(size, 0, &results) == VTPM_ERROR_BAD_REQUEST);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        check("svsm: longer than its buffer",
              ask_svsm(SVSM_MOST, wrong[i], &results) == VTPM_ERROR_BAD_REQUEST);
    }
    // What lies behind the command in the buffer is no part of it.
    check("svsm: a buffer longer than its command",
          ask_svsm(SVSM_MOST, sizeof(get_random), &results) == 0 && results.response_count == 32 &&
              results.response[4 + 9] == 0);
    // A response, and not success: no command, one cut short, one with more than it says.
    const uint32_t odd[] = {0, 1, sizeof(get_random) - 1, sizeof(get_random) + 1, SVSM_MOST - 9};
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        check("svsm: no command", ask_svsm(SVSM_MOST, odd[i], &results) == 0 &&
                                      results.response_count == 14 && results.response[0] == 10 &&
                                      (results.response[12] | results.response[13]) != 0);
    }
}

/// A request at `offset` of the page whose command, GetRandom and zeros, has `length` bytes and
/// says so; the call's error.
static int32_t ask_page(coco_handle_t memory, uint8_t *page, uint32_t offset, uint32_t length)
{
    const struct vtpm_svsm_page_arguments arguments = {.page = memory, .offset = offset};
    struct vtpm_svsm_page_results results = {.size = 0};
    memset(page, 0, PAGE);
    if (offset + 9 + sizeof(get_random) <= PAGE) {
        page[offset] = 8;
        for (unsigned i = 0; i < 4; i++) {
            page[offset + 5 + i] = (uint8_t)(length >> (8 * i));
        }
        memcpy(page + offset + 9, get_random, sizeof(get_random));
        page[offset + 9 + 4] = (uint8_t)(length >> 8);
        page[offset + 9 + 5] = (uint8_t)length;
    }
    int32_t error = vtpm_svsm_page(&tpm, &arguments, &results);
    check("svsm_page: the response's size",
          error != 0 || results.size == 4u + page[offset] + 256u * page[offset + 1]);
    return error;
}

/// The response code behind the length at `offset`.
static uint32_t page_code(const uint8_t *page, uint32_t offset)
{
    const uint8_t *code = page + offset + 4 + 6;
    return (uint32_t)code[0] << 24 | (uint32_t)code[1] << 16 | (uint32_t)code[2] << 8 | code[3];
}

/// The guest's page: all lengths of the SVSM's layout, and offsets in the page.
static void svsm_page(void)
{
    static const uint32_t wrong[] = {PAGE - 8, PAGE, PAGE + 1, 0x7fffffff, 0xffffffff};
    const int64_t made = coco_memory_create(PAGE), small = coco_memory_create(PAGE - 1);
    const coco_handle_t memory = (coco_handle_t)made;
    const int64_t at = coco_mmap(memory, NULL, 0, PAGE, COCO_MMAP_READ | COCO_MMAP_WRITE);
    check("svsm_page: memory", made > 0 && small > 0 && !coco_is_error(at));
    if (made <= 0 || small <= 0 || coco_is_error(at)) {
        return;
    }
    uint8_t *page = (uint8_t *)(uintptr_t)at;
    const uint32_t offsets[] = {0, 1, 2047, PAGE - 32};
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        check("svsm_page", ask_page(memory, page, offsets[i], sizeof(get_random)) == 0 &&
                               page[offsets[i]] == 28 && page_code(page, offsets[i]) == 0);
    }
    check("svsm_page: no room for the response",
          ask_page(memory, page, PAGE - 31, sizeof(get_random)) == VTPM_ERROR_BAD_REQUEST);
    // Too much behind a command is the TPM's own matter, whatever its length.
    for (uint32_t length = 4060; length <= PAGE - 9; length++) {
        check("svsm_page: a long command",
              ask_page(memory, page, 0, length) == 0 && page_code(page, 0) == RC_SIZE);
    }
    check("svsm_page: too long", ask_page(memory, page, 0, PAGE - 8) == VTPM_ERROR_BAD_REQUEST);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const struct vtpm_svsm_page_arguments arguments = {.page = memory, .offset = wrong[i]};
        struct vtpm_svsm_page_results results;
        check("svsm_page: not in the page",
              vtpm_svsm_page(&tpm, &arguments, &results) == VTPM_ERROR_BAD_REQUEST);
    }
    const struct vtpm_svsm_page_arguments less = {.page = (coco_handle_t)small};
    struct vtpm_svsm_page_results results;
    check("svsm_page: less than a page",
          vtpm_svsm_page(&tpm, &less, &results) == VTPM_ERROR_BAD_REQUEST);
    (void)coco_munmap(page, PAGE);
    (void)coco_close(memory);
    (void)coco_close((coco_handle_t)small);
}

static void svsm(void)
{
    uint8_t request[9 + sizeof(get_random)] = {8, 0, 0, 0, 0, sizeof(get_random)};
    const struct vtpm_svsm_arguments arguments = {.request = request,
                                                  .request_count = sizeof(request)};
    struct vtpm_svsm_results results;
    struct vtpm_query_results told;
    memcpy(request + 9, get_random, sizeof(get_random));
    check("svsm", vtpm_svsm(&tpm, &arguments, &results) == 0 && results.response_count == 32 &&
                      results.response[0] == 28 && results.response[4] == 0x80);
    request[4] = 1;
    check("svsm: locality 1", vtpm_svsm(&tpm, &arguments, &results) == VTPM_ERROR_BAD_REQUEST);
    request[4] = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint8_t before = request[i];
        request[i] ^= 1;
        check("svsm: another command",
              vtpm_svsm(&tpm, &arguments, &results) == VTPM_ERROR_BAD_REQUEST);
        request[i] = before;
    }
    svsm_lengths();
    svsm_page();
    check("svsm: query",
          vtpm_query(&tpm, &told) == 0 && told.commands == 0x100 && told.features == 0);
}

/// Its digest is in the log, where the test holds it to that of the certificate in NV.
static void authority(void)
{
    struct vtpm_platform_authority_results told;
    char text[2 * sizeof(told.digest) + 1] = "";
    check("authority", vtpm_platform_authority(&platform, &told) == 0);
    for (size_t i = 0; i < sizeof(told.digest); i++) {
        text[2 * i] = "0123456789abcdef"[told.digest[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[told.digest[i] & 15];
    }
    coco_service_log(COCO_LOG_INFO, "authority %s", text);
}

static void power(void)
{
    const uint8_t *response = NULL;
    uint32_t length = 0;
    check("suspend", vtpm_platform_suspend(&platform) == 0);
    check("no power", send(get_random, sizeof(get_random), &response, &length) == RC_INITIALIZE);
    check("no power to suspend",
          vtpm_platform_suspend(&platform) == VTPM_PLATFORM_ERROR_NOT_STARTED);
    check("power on", vtpm_platform_power_on(&platform) == 0);
    // It goes on where it was: started, PCR 16 extended.
    check("goes on", send(read_pcr, sizeof(read_pcr), &response, &length) == 0 && length >= 32 &&
                         memcmp(response + length - 32, extended, 32) == 0);
    check("cancel", vtpm_platform_cancel(&platform) == 0);
    check("reset", vtpm_platform_reset(&platform) == 0);
    check("not started", send(get_random, sizeof(get_random), &response, &length) == RC_INITIALIZE);
    check("power off", vtpm_platform_power_off(&platform) == 0);
}

int main(void)
{
    if (coco_client_open(&tpm, "tpm") != 0 || coco_client_open(&platform, "tpm-platform") != 0) {
        return 99; // nobody gave us the channels
    }
    commands();
    svsm();
    authority();
    power();
    coco_service_log(COCO_LOG_INFO, "%u checks, %u failures", checks, failures);
    return (int)failures;
}
