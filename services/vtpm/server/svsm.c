// SPDX-License-Identifier: MIT
#include "svsm.h"

#include <string.h>

#include "tpm.h"

#define SEND_COMMAND 8
#define REQUEST_HEADER 9
#define RESPONSE_HEADER 4

static uint32_t get32(const uint8_t *from)
{
    return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

uint64_t svsm_query(void)
{
    return UINT64_C(1) << SEND_COMMAND;
}

int svsm_command(uint8_t *buffer, size_t size, size_t room)
{
    uint8_t command[SVSM_BUFFER_MOST], response[TPM_MOST];
    if (size < REQUEST_HEADER || size > SVSM_BUFFER_MOST || get32(buffer) != SEND_COMMAND ||
        buffer[4] != 0) {
        return -1;
    }
    uint32_t length = get32(buffer + 5);
    if (length > size - REQUEST_HEADER) {
        return -1;
    }
    // The guest can write its buffer meanwhile: what is looked at is a copy.
    memcpy(command, buffer + REQUEST_HEADER, length);
    size_t result = tpm_execute(0, command, length, response);
    if (room < RESPONSE_HEADER || result > room - RESPONSE_HEADER) {
        return -1;
    }
    for (unsigned i = 0; i < RESPONSE_HEADER; i++) {
        buffer[i] = (uint8_t)(result >> (8 * i));
    }
    memcpy(buffer + RESPONSE_HEADER, response, result);
    return (int)(RESPONSE_HEADER + result);
}
