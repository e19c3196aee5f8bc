// SPDX-License-Identifier: MIT
// Pseudo terminals for the tests.
#pragma once

#include <coconut/types.h>

#include <stdbool.h>
#include <stdint.h>

struct pseudo {
    coco_handle_t master;
    coco_handle_t terminal;
};

/// A master with its terminal, which is unlocked and opened without becoming a session's. False
/// after recording a failure.
bool pseudo_open(struct pseudo *pseudo);

/// Closes what is not COCO_HANDLE_NONE.
void pseudo_close(struct pseudo *pseudo);

/// Opens the terminal of a master once more; `flags` are added. A handle or an error.
int64_t pseudo_open_again(coco_handle_t master, uint32_t flags);

/// Changes the local modes: those in `clear` are removed, then those in `set` added.
void pseudo_local(const struct pseudo *pseudo, uint32_t clear, uint32_t set);

/// No ICANON and no ECHO, with MIN and TIME.
void pseudo_raw(const struct pseudo *pseudo, uint8_t min, uint8_t time);

/// Types a text at the terminal.
void pseudo_type(const struct pseudo *pseudo, const char *text);

/// Expects that a read of the handle gives this text at once.
void pseudo_expect(coco_handle_t handle, const char *text);
