// SPDX-License-Identifier: MIT
// The TPM's state in files: each a header and a body that it covers.
// docs/vtpm.md has the format.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// What is kept. The numbers stand in the files.
enum state_kind {
    STATE_PERMANENT = 1, ///< what survives power-off: seeds, NV, hierarchies
    STATE_VOLATILE = 2,  ///< what a suspended TPM goes on with
};

enum state_result {
    STATE_OK = 0,
    STATE_ABSENT, ///< there is no such file
    STATE_REFUSED ///< there is one, and it cannot be used, or not be written;
                  ///< standard error has the reason
};

/// Bytes of a header, and of the largest body.
#define STATE_HEADER 64
#define STATE_MOST (1024u * 1024u)

/// Opens the directory `path` and locks it against other services; where the keeper is the source
/// of the state (keep.h), its files take the place of those there, but it is an error if it has no
/// permanent state and there is one. Returns 0, or -1 with a line on standard error. Once in a
/// process; the directory stays open until the process ends. No function here is thread-safe but
/// where it says so.
int state_open(const char *path);

/// After a failure of the keeper, when what it has is not known, makes the files the same on both
/// sides again: those of the source of the state, in which whatever was not told to be done is
/// done, or is not. A permanent state is never removed. Otherwise it does nothing. Returns 0, or -1
/// with a line on standard error: nothing is to be loaded.
int state_recover(void);

/// Reads a state into *data, *size bytes, from malloc(); the caller frees it. A
/// file that is damaged, truncated, too long, of another kind or of another
/// version is refused and stays as it is; so is a volatile one without a permanent one: the TPM it
/// belongs to is missing.
enum state_result state_load(enum state_kind kind, uint8_t **data, size_t *size);

/// Writes a state of 1 to STATE_MOST bytes: when it returns STATE_OK, the new
/// one is on disk whole; at every moment before there is the old one or the new
/// one. A file that state_load() refuses is not replaced.
enum state_result state_store(enum state_kind kind, const uint8_t *data, size_t size);

/// The certificate that signed those of the TPM, in DER: for whoever wants to verify them.
#define STATE_AUTHORITY "authority.der"

/// Writes a file for others under `name`, of less than 28 bytes, without a header, in the same way.
enum state_result state_publish(const char *name, const uint8_t *data, size_t size);

/// SHA-256 of a file that state_publish() wrote, of at most STATE_MOST bytes. STATE_REFUSED says
/// why on standard error. Thread-safe.
enum state_result state_digest(const char *name, uint8_t result[32]);

/// Removes a state; one that is not there is no error. If the keeper does not, it stays here, too.
enum state_result state_delete(enum state_kind kind);
