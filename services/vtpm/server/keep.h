// SPDX-License-Identifier: MIT
// A copy of the state's files that outlives the machine: each file that changes is sent through a
// stream to a keeper, and the change is done when the keeper has said that it has it.
// docs/guides/run-by-name.md has the protocol.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Opens the stream to the keeper, such as a port of the machine, waits until somebody is at the
/// other end, and begins anew with him, whatever another process has sent through it or left unread
/// when it was killed. `source`: the state is what the keeper has, and state_open() takes it from
/// there. Returns 0, or -1 with a line on standard error. Once, before all else here; without it
/// there is no keeper, and the functions below do nothing and succeed. None is thread-safe.
int keep_open(const char *path, bool source);

/// Whether there is a keeper that is the source of the state.
bool keep_is_source(void);

/// Whether something failed, and so everything does.
bool keep_has_failed(void);

/// Begins anew with the keeper after a failure; what it has is to be read then, or written. Returns
/// whether it answers.
bool keep_again(void);

/// Reads a file of the keeper's into `to`, which has `room` bytes: its *size, and whether it is
/// *there at all. Returns as keep_write() does; a longer file is a failure.
bool keep_read(const char *name, uint8_t *to, size_t room, size_t *size, bool *there);

/// Has the keeper make the file `name`, of 1 to 31 bytes, what `header` (STATE_HEADER bytes, or
/// NULL) and `size` bytes of data are. Returns whether it has them; if not there is a line on
/// standard error, and errno is EIO. After one failure all that follow fail, since what the keeper
/// has is not known any more, until keep_again().
bool keep_write(const char *name, const uint8_t *header, const uint8_t *data, size_t size);

/// Has the keeper remove a file; one that is not there is no error. Returns as keep_write() does.
bool keep_remove(const char *name);
