// SPDX-License-Identifier: MIT
// Composes one command at a time and does it.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
    SESSIONS = 0x8002,
    NO_SESSIONS = 0x8001,
    SHA256 = 0x0b,
    NONE = 0x10,
    RSASSA = 0x14,
    ECDSA = 0x18,
    P256 = 3
};
#define OWNER 0x40000001u
#define NULL_HIERARCHY 0x40000007u
/// fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth; sign or decrypt
#define SIGNS 0x00040072u
#define DECRYPTS 0x00020072u

/// Who does the commands, as tpm_execute(), which does them at first.
void compose_for(size_t (*execute)(uint8_t locality, const uint8_t *command, size_t size,
                                   uint8_t *response));

/// Begins a command, the one before is forgotten.
void compose_command(uint16_t tag, uint32_t code);

/// Adds a number of 1 to 4 bytes; bytes with their number before; bytes; the authorization by the
/// empty password. No command is as long as TPM_MOST.
void compose(uint32_t value, unsigned bytes);
void compose_bytes(const uint8_t *bytes, size_t size);
void compose_raw(const uint8_t *bytes, size_t size);
void compose_password(void);

/// Completes the command: its bytes, and how many.
const uint8_t *composed(size_t *size);

/// Completes the command and does it, again where the TPM tests its algorithms first. Returns the
/// TPM's code, 0 for success; UINT32_MAX: no response.
uint32_t compose_code(void);

/// The same: 0, or -1 with errno if it failed.
int compose_done(void);

/// Four bytes of the last response behind its header and `at` more.
uint32_t compose_answer(size_t at);

/// Makes a primary key and loads it: RSA with so many bits, or P-256 for 0. Its handle, or 0.
uint32_t compose_primary(uint16_t bits, uint32_t attributes, uint16_t unique);

/// Signs a digest of SHA-256 with a key that may sign anything. Returns 0, or -1 with errno.
int compose_sign(uint32_t key, uint16_t scheme);
