// SPDX-License-Identifier: MIT
// Private: the line discipline, what stands between the keyboard and who reads, and between who
// writes and the screen. Memory and rules only: no locks, no waiting, no signals. The owner locks.
//
// Input and output are rings; the indexes run freely and are taken modulo the size.
#pragma once

#include <abi/types.h>
#include <base/compiler.h>
#include <base/types.h>

#define LINE_OUTPUT_MAX 4096u /* bytes of output that wait to be sent */

struct line {
    struct coco_terminal modes;
    uint8_t bytes[COCO_TERMINAL_INPUT_MAX];
    uint64_t ends[COCO_TERMINAL_INPUT_MAX / 64];  /* bit: with ICANON, a line ends with the byte */
    uint64_t marks[COCO_TERMINAL_INPUT_MAX / 64]; /* bit: such a byte is an EOF: not to be read */
    uint32_t start;                               /* the oldest byte that was not read */
    uint32_t ready; /* with ICANON: behind the last whole line; what follows is being edited */
    uint32_t end;   /* behind the newest */
    bool literal;   /* LNEXT came: the next byte means nothing special */
    bool stopped;   /* output is held */
    bool throttled; /* with IXOFF: STOP was sent */
    uint8_t output[LINE_OUTPUT_MAX];
    uint32_t output_start;
    uint32_t output_end;
    uint32_t column;      /* of the screen, as far as it is known */
    uint32_t edit_column; /* where the line that is edited begins */
};

/// What the next read gets.
struct line_piece {
    uint32_t count; /* bytes to deliver, from `start` on */
    uint32_t taken; /* bytes of the ring that are gone then: an EOF, too */
};

/// A line with nothing in it, and the modes of a new terminal.
void line_init(struct line *line);

/// Changes the modes; input that was not read stays, see `terminal_set`. The caller has checked
/// that all bits are known.
void line_set_modes(struct line *line, const struct coco_terminal *modes);

// --- the keyboard's side -------------------------------------------------------------------------

/// Takes bytes as they are typed. Returns how many: less than `len` when there is no room before
/// somebody reads. `*signals` gets the signals to send, as a set with bit n for signal n.
size_t line_type(struct line *line, const uint8_t *bytes, size_t len,
                 uint64_t *signals) __must_check;

/// Whether line_type() would take a byte.
bool line_has_room(const struct line *line);

/// Output bytes that can be sent now, in one piece; there may be more behind them.
const uint8_t *line_output(const struct line *line, size_t *len);

/// The oldest `len` bytes of output were sent.
void line_sent(struct line *line, size_t len);

// --- the program's side --------------------------------------------------------------------------

/// Bytes that a read could get: with ICANON of the first whole line, otherwise all.
uint32_t line_readable(const struct line *line);

/// With ICANON, whether there is a whole line, or an end of file.
bool line_is_whole(const struct line *line);

/// What a read of `len` bytes gets. Nothing is taken.
struct line_piece line_next(const struct line *line, size_t len);

/// The address of the byte `offset` of a piece, and in `*len`, which says how many are wanted, how
/// many follow in memory.
const uint8_t *line_at(const struct line *line, uint32_t offset, size_t *len);

/// The piece was read.
void line_take(struct line *line, struct line_piece piece);

/// Bytes to be written, as OPOST says. Returns how many there was room for.
size_t line_write(struct line *line, const uint8_t *bytes, size_t len) __must_check;

/// Whether line_write() would take a byte; bytes of output that were not sent.
bool line_can_write(const struct line *line);
uint32_t line_unsent(const struct line *line);

void line_drop_input(struct line *line);
void line_drop_output(struct line *line);

/// Sends the STOP or START character to the other end. False: no room.
bool line_send_flow(struct line *line, bool stop);

// --- shared by the files of the line discipline --------------------------------------------------

static inline bool line_has(uint32_t modes, uint32_t bit)
{
    return (modes & bit) != 0;
}

static inline bool line_is_canonical(const struct line *line)
{
    return line_has(line->modes.local, COCO_TERMINAL_ICANON);
}

static inline uint32_t line_output_room(const struct line *line)
{
    return LINE_OUTPUT_MAX - (line->output_end - line->output_start);
}

/// Puts one byte out as it is, or as OPOST says; without room it is lost.
void line_put_raw(struct line *line, uint8_t byte);
void line_put(struct line *line, uint8_t byte);

/// Shows a byte that was typed, if ECHO says so.
void line_echo(struct line *line, uint8_t byte);

/// ERASE, WERASE, KILL and REPRINT.
void line_erase(struct line *line);
void line_erase_word(struct line *line);
void line_kill(struct line *line);
void line_reprint(struct line *line);
