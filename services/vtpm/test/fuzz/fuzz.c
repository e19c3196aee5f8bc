// SPDX-License-Identifier: MIT
// A target for libFuzzer: commands, the simulator's protocol, the SVSM's requests, and state files.
// The first byte says which. The state is in a directory of its own below TMPDIR.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mssim.h"
#include "state.h"
#include "svsm.h"
#include "tpm.h"

#define HEADER 10
#define FIRST_COMMAND 0x11f

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static int directory;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    static char path[256];
    const char *top = getenv("TMPDIR");
    (void)snprintf(path, sizeof(path), "%s/vtpm-fuzz-XXXXXX", top != NULL ? top : "/tmp");
    if (mkdtemp(path) == NULL || tpm_open(path) != 0 || tpm_power_on() != 0) {
        abort();
    }
    directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return 0;
}

/// A response must be one: its tag, and the length it says.
static void check_response(const uint8_t *response, size_t length)
{
    size_t said = (size_t)response[2] << 24 | (size_t)response[3] << 16 | (size_t)response[4] << 8 |
                  response[5];
    if (length < HEADER || length > TPM_MOST || said != length || response[0] != 0x80) {
        // TPM 1.2 commands get a tag of their own, 0x00c4
        if (response[0] != 0x00 || response[1] != 0xc4) {
            abort();
        }
    }
}

/// Commands with a good header: each is a byte for the code, one for its length and tag, and the
/// body.
static void run_commands(const uint8_t *data, size_t size)
{
    uint8_t command[HEADER + 128], response[TPM_MOST];
    static const uint8_t startup[] = {0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x44, 0, 0};
    check_response(response, tpm_execute(0, startup, sizeof(startup), response));
    while (size >= 2) {
        size_t body = data[1] & 0x7f;
        body = body < size - 2 ? body : size - 2;
        uint32_t code = FIRST_COMMAND + data[0];
        const uint8_t header[HEADER] = {0x80,
                                        (uint8_t)(1 + (data[1] >> 7)),
                                        0,
                                        0,
                                        0,
                                        (uint8_t)(HEADER + body),
                                        0,
                                        0,
                                        (uint8_t)(code >> 8),
                                        (uint8_t)code};
        memcpy(command, header, HEADER);
        memcpy(command + HEADER, data + 2, body);
        check_response(response, tpm_execute(data[0] & 3, command, HEADER + body, response));
        data += 2 + body;
        size -= 2 + body;
    }
}

/// A whole connection; what the client does not read ends it.
static void run_protocol(const uint8_t *data, size_t size, bool platform)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 ||
        fcntl(pair[0], F_SETFL, O_NONBLOCK) != 0) {
        abort();
    }
    size = size < 16384 ? size : 16384;
    if (write(pair[1], data, size) != (ssize_t)size || shutdown(pair[1], SHUT_WR) != 0) {
        abort();
    }
    (void)(platform ? mssim_serve_platform(pair[0]) : mssim_serve_commands(pair[0]));
    (void)close(pair[0]);
    (void)close(pair[1]);
}

static void run_svsm(const uint8_t *data, size_t size)
{
    static uint8_t buffer[SVSM_BUFFER_MOST];
    size = size < sizeof(buffer) ? size : sizeof(buffer);
    memcpy(buffer, data, size);
    (void)svsm_command(buffer, size, sizeof(buffer));
}

/// A state file is what the input says, behind a good header or instead of one.
static void run_state(const uint8_t *data, size_t size)
{
    uint8_t *loaded = NULL;
    size_t length = 0;
    if (size == 0 || size > STATE_MOST || state_store(STATE_VOLATILE, data, size) != STATE_OK ||
        state_load(STATE_VOLATILE, &loaded, &length) != STATE_OK || length != size ||
        memcmp(loaded, data, size) != 0) {
        if (size != 0 && size <= STATE_MOST) {
            abort();
        }
    }
    free(loaded);
    loaded = NULL;
    int file = openat(directory, "volatile.state", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, data, size) != (ssize_t)size || close(file) != 0) {
        abort();
    }
    if (state_load(STATE_VOLATILE, &loaded, &length) == STATE_OK) {
        free(loaded);
    }
    // A suspended TPM goes on from any body whose header is good, or does not start.
    if (size > 0 && state_store(STATE_VOLATILE, data, size) == STATE_OK) {
        (void)tpm_reset();
    }
    (void)state_delete(STATE_VOLATILE);
    if (tpm_reset() != 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    switch (data[0] % 5) {
    case 0:
        run_protocol(data + 1, size - 1, false);
        break;
    case 1:
        run_protocol(data + 1, size - 1, true);
        break;
    case 2:
        run_svsm(data + 1, size - 1);
        break;
    case 3:
        run_state(data + 1, size - 1);
        break;
    default:
        run_commands(data + 1, size - 1);
        break;
    }
    return 0;
}
