// SPDX-License-Identifier: MIT
#include "mssim.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "stream.h"
#include "tpm.h"

/// Codes of the protocol, as TCG's reference simulator has them.
enum {
    POWER_ON = 1,
    POWER_OFF = 2,
    PRESENCE_ON = 3,
    PRESENCE_OFF = 4,
    SEND_COMMAND = 8,
    CANCEL_ON = 9,
    CANCEL_OFF = 10,
    NV_ON = 11,
    NV_OFF = 12,
    HANDSHAKE = 15,
    RESET = 17,
    RESTART = 18,
    SESSION_END = 20,
    STOP = 21,
};

/// What the handshake tells: version 1 of the protocol; the platform's stream
/// is there, no raw mode.
#define PROTOCOL_VERSION 1
#define ENDPOINT_PLATFORM 1

/// Whether a connection goes on.
enum step {
    GOES_ON,
    GONE,
    BROKEN,
};

/// One command and its response.
static enum step serve_command(int stream)
{
    // The answer in one piece: length, response, 0.
    static uint8_t command[TPM_MOST], answer[4 + TPM_MOST + 4];
    uint8_t locality;
    uint32_t size;
    if (!stream_read(stream, &locality, 1) || !stream_read32(stream, &size)) {
        return GONE;
    }
    if (size > TPM_MOST) {
        (void)fprintf(stderr, "vtpm: a command of %u bytes; the longest has %u\n", (unsigned)size,
                      (unsigned)TPM_MOST);
        return BROKEN;
    }
    if (!stream_read(stream, command, size)) {
        return GONE;
    }
    size_t length = tpm_execute(locality, command, size, answer + 4);
    stream_put32(answer, (uint32_t)length);
    stream_put32(answer + 4 + length, 0);
    return stream_write(stream, answer, 4 + length + 4) ? GOES_ON : GONE;
}

static enum step handshake(int stream)
{
    uint32_t version;
    bool done = stream_read32(stream, &version) && stream_write32(stream, PROTOCOL_VERSION) &&
                stream_write32(stream, ENDPOINT_PLATFORM) && stream_write32(stream, 0);
    return done ? GOES_ON : GONE;
}

enum mssim_end mssim_serve_commands(int stream)
{
    uint32_t code;
    while (stream_read32(stream, &code)) {
        enum step step;
        switch (code) {
        case SEND_COMMAND:
            step = serve_command(stream);
            break;
        case HANDSHAKE:
            step = handshake(stream);
            break;
        case STOP:
            return MSSIM_STOP;
        case SESSION_END:
            return MSSIM_LEFT;
        default:
            (void)fprintf(stderr, "vtpm: unknown request %u on the command stream\n",
                          (unsigned)code);
            return MSSIM_LEFT;
        }
        if (step != GOES_ON) {
            return step == GONE ? MSSIM_GONE : MSSIM_LEFT;
        }
    }
    return MSSIM_GONE;
}

/// Does what the platform asks; returns the answer's code: 0, or 1 if the TPM
/// does not start.
static uint32_t serve_signal(uint32_t code)
{
    switch (code) {
    case POWER_ON:
        return tpm_power_on() != 0;
    case POWER_OFF:
        tpm_power_off();
        return 0;
    case RESET:
    case RESTART:
        return tpm_reset() != 0;
    case CANCEL_ON:
        tpm_cancel();
        return 0;
    default:
        // Presence and NV are always there; a cancellation is over with its
        // command.
        return 0;
    }
}

enum mssim_end mssim_serve_platform(int stream)
{
    uint32_t code;
    while (stream_read32(stream, &code)) {
        switch (code) {
        case POWER_ON:
        case POWER_OFF:
        case PRESENCE_ON:
        case PRESENCE_OFF:
        case CANCEL_ON:
        case CANCEL_OFF:
        case NV_ON:
        case NV_OFF:
        case RESET:
        case RESTART:
            if (!stream_write32(stream, serve_signal(code))) {
                return MSSIM_GONE;
            }
            break;
        case STOP:
            return MSSIM_STOP;
        case SESSION_END:
            return MSSIM_LEFT;
        default:
            (void)fprintf(stderr, "vtpm: unknown request %u on the platform stream\n",
                          (unsigned)code);
            return MSSIM_LEFT;
        }
    }
    return MSSIM_GONE;
}
