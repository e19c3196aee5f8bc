// SPDX-License-Identifier: MIT
// A line discipline for the tests, and what goes in and comes out as text.
#pragma once

#include "line.h"
#include "unit.h"

/// A fresh one; there is one at a time.
struct line *fresh(void);

/// Changes bits of the modes.
void change_input(struct line *line, uint32_t clear, uint32_t set);
void change_output(struct line *line, uint32_t clear, uint32_t set);
void change_local(struct line *line, uint32_t clear, uint32_t set);
void change_character(struct line *line, unsigned which, uint8_t byte);

/// Types a text, all of which is taken; returns the signals.
uint64_t type(struct line *line, const char *text);

/// Expects that a read of `len` bytes gives `text`, or nothing for NULL: no line is there.
void expect_read(struct line *line, size_t len, const char *text);

/// Expects that all output so far, which is then sent, is `text`.
void expect_output(struct line *line, const char *text);
