// SPDX-License-Identifier: MIT
// The TPM: libtpms with its state in files. Only tpm.c knows libtpms.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Bytes of the longest command and response: a guest's page less the header of the SVSM's request.
#define TPM_MOST 4087

/// Registers with libtpms and opens the state directory. Returns 0, or -1 with
/// a line on standard error. Once.
int tpm_open(const char *directory);

/// Has `hook` called each time before a suspended state is used up to go on from: whatever ends the
/// process from there on has to suspend it again, by tpm_end(). Before tpm_power_on().
void tpm_before_use(void (*hook)(void));

/// Power on: goes on from a suspended state if there is one, else starts from
/// the permanent one; makes a new TPM if there is none. Returns 0, or -1 with a
/// line on standard error (a state that is refused, among others); the power is
/// off then. Where a state could not be kept
/// before, it starts from the one that the source of it has (state_recover()). On a TPM that is on
/// it does nothing. These may be called by any thread.
int tpm_power_on(void);
/// Power off, without suspending.
void tpm_power_off(void);
/// Off and on in one step: _TPM_Init.
int tpm_reset(void);
/// Keeps the volatile state for the next tpm_power_on() and turns the power
/// off. Returns 0, or -1: it is on, and does no commands any more if what is kept is not known.
int tpm_suspend(void);
/// The same at the end of the process; a TPM that is off has nothing to keep, which is no error.
int tpm_end(void);

/// SHA-256 of the certificate of the authority that signed those of the TPM, as STATE_AUTHORITY has
/// it: what somebody must learn by a way that he trusts to trust the others. Returns 0, or -1 if
/// there is none. Any thread.
int tpm_authority(uint8_t digest[32]);

/// Does one command of `size` bytes at a locality from 0 to 4 and writes at
/// most TPM_MOST bytes of response; returns their number, at least 10: whatever
/// happens there is one. One thread at a time executes, others wait.
size_t tpm_execute(uint8_t locality, const uint8_t *command, size_t size, uint8_t *response);

/// Makes the command in progress, if there is one and it can be cancelled, end
/// early. Any thread, at any time.
void tpm_cancel(void);
