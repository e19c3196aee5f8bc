// SPDX-License-Identifier: MIT
// Line discipline: what is typed, up to where it is read.
#include "line.h"

#include <base/string.h>

/* With IXOFF, STOP is sent when so much input waits, and START when so little is left. */
#define THROTTLE_ABOVE (COCO_TERMINAL_INPUT_MAX / 4 * 3)
#define THROTTLE_BELOW (COCO_TERMINAL_INPUT_MAX / 4)

/* A byte takes two places at most: PARMRK. */
#define BYTE_ROOM 2u

static uint32_t place_of(uint32_t index)
{
    return index % COCO_TERMINAL_INPUT_MAX;
}

static bool get_bit(const uint64_t *bits, uint32_t index)
{
    uint32_t place = place_of(index);

    return (bits[place / 64] >> (place % 64) & 1) != 0;
}

static void set_bit(uint64_t *bits, uint32_t index, bool value)
{
    uint32_t place = place_of(index);
    uint64_t bit = 1ull << (place % 64);

    bits[place / 64] = value ? bits[place / 64] | bit : bits[place / 64] & ~bit;
}

void line_init(struct line *line)
{
    static const struct coco_terminal modes = {
        .input =
            COCO_TERMINAL_BRKINT | COCO_TERMINAL_ICRNL | COCO_TERMINAL_IXON | COCO_TERMINAL_IUTF8,
        .output = COCO_TERMINAL_OPOST | COCO_TERMINAL_ONLCR,
        .control = COCO_TERMINAL_CS8 | COCO_TERMINAL_CREAD | COCO_TERMINAL_CLOCAL,
        .local = COCO_TERMINAL_ECHO | COCO_TERMINAL_ECHOE | COCO_TERMINAL_ECHOK |
                 COCO_TERMINAL_ICANON | COCO_TERMINAL_IEXTEN | COCO_TERMINAL_ISIG |
                 COCO_TERMINAL_ECHOCTL | COCO_TERMINAL_ECHOKE,
        .characters =
            {
                [COCO_TERMINAL_VEOF] = 0x04,     /* ^D */
                [COCO_TERMINAL_VERASE] = 0x7f,   /* DEL */
                [COCO_TERMINAL_VINTR] = 0x03,    /* ^C */
                [COCO_TERMINAL_VKILL] = 0x15,    /* ^U */
                [COCO_TERMINAL_VMIN] = 1,        /* byte */
                [COCO_TERMINAL_VQUIT] = 0x1c,    /* ^\ */
                [COCO_TERMINAL_VSTART] = 0x11,   /* ^Q */
                [COCO_TERMINAL_VSTOP] = 0x13,    /* ^S */
                [COCO_TERMINAL_VSUSP] = 0x1a,    /* ^Z */
                [COCO_TERMINAL_VREPRINT] = 0x12, /* ^R */
                [COCO_TERMINAL_VWERASE] = 0x17,  /* ^W */
                [COCO_TERMINAL_VLNEXT] = 0x16,   /* ^V */
            },
        .input_speed = 38400,
        .output_speed = 38400,
    };

    memset(line, 0, sizeof(*line));
    line->modes = modes;
}

/// Input that is there becomes a line.
static void begin_canonical(struct line *line)
{
    for (uint32_t at = line->start; at != line->end; at++) {
        set_bit(line->ends, at, at + 1 == line->end);
        set_bit(line->marks, at, false);
    }
    line->ready = line->end;
}

/// Input that is there can be read as it is, without marks of ends of file.
static void end_canonical(struct line *line)
{
    uint32_t to = line->start;

    for (uint32_t at = line->start; at != line->end; at++) {
        if (!get_bit(line->marks, at)) {
            line->bytes[place_of(to++)] = line->bytes[place_of(at)];
        }
    }
    line->end = to;
    line->ready = to;
}

void line_set_modes(struct line *line, const struct coco_terminal *modes)
{
    bool was = line_is_canonical(line);

    line->modes = *modes;
    line->literal = false;
    if (!line_has(modes->input, COCO_TERMINAL_IXON)) {
        line->stopped = false;
    }
    if (line_is_canonical(line) && !was) {
        begin_canonical(line);
    } else if (!line_is_canonical(line) && was) {
        end_canonical(line);
    }
}

/// Whether `byte` is the special character `which` (COCO_TERMINAL_V*).
static bool is(const struct line *line, unsigned which, uint8_t byte)
{
    uint8_t character = line->modes.characters[which];

    return character == byte && character != COCO_TERMINAL_DISABLED;
}

static uint32_t used(const struct line *line)
{
    return line->end - line->start;
}

bool line_has_room(const struct line *line)
{
    return COCO_TERMINAL_INPUT_MAX - used(line) >= BYTE_ROOM;
}

/// The signal that a byte stands for; 0 for none.
static uint32_t signal_of(const struct line *line, uint8_t byte)
{
    static const struct {
        unsigned which;
        uint32_t signal;
    } signals[] = {
        {COCO_TERMINAL_VINTR, COCO_SIGNAL_INTERRUPT},
        {COCO_TERMINAL_VQUIT, COCO_SIGNAL_QUIT},
        {COCO_TERMINAL_VSUSP, COCO_SIGNAL_TERMINAL_STOP},
    };

    if (!line_has(line->modes.local, COCO_TERMINAL_ISIG)) {
        return 0;
    }
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        if (is(line, signals[i].which, byte)) {
            return signals[i].signal;
        }
    }
    return 0;
}

/// Adds a byte to the input. `end`: a line ends with it; `mark`: it is an end of file.
static void store(struct line *line, uint8_t byte, bool end, bool mark)
{
    line->bytes[place_of(line->end)] = byte;
    set_bit(line->ends, line->end, end);
    set_bit(line->marks, line->end, mark);
    line->end++;
    if (end || !line_is_canonical(line)) {
        line->ready = line->end;
    }
    if (line_has(line->modes.input, COCO_TERMINAL_IXOFF) && !line->throttled &&
        used(line) > THROTTLE_ABOVE) {
        line->throttled = line_send_flow(line, true);
    }
}

/// An ordinary byte. A line that is too long does not grow.
static void store_plain(struct line *line, uint8_t byte)
{
    bool twice = byte == 0xff && line_has(line->modes.input, COCO_TERMINAL_PARMRK) &&
                 !line_has(line->modes.input, COCO_TERMINAL_ISTRIP);

    if (line_is_canonical(line) &&
        line->end - line->ready + (twice ? 2 : 1) > COCO_TERMINAL_CANON_MAX - 1) {
        line_put_raw(line, '\a');
        return;
    }
    if (line->end == line->ready) {
        line->edit_column = line->column;
    }
    line_echo(line, byte);
    store(line, byte, false, false);
    if (twice) {
        store(line, byte, false, false);
    }
}

static void end_line(struct line *line, uint8_t byte)
{
    if (byte == '\n' && line_has(line->modes.local, COCO_TERMINAL_ECHONL)) {
        line_put(line, byte);
    } else {
        line_echo(line, byte);
    }
    store(line, byte, true, false);
}

/// Keys that edit a line. False: it is none of them.
static bool edit(struct line *line, uint8_t byte)
{
    bool extended = line_has(line->modes.local, COCO_TERMINAL_IEXTEN);

    if (is(line, COCO_TERMINAL_VERASE, byte)) {
        line_erase(line);
    } else if (is(line, COCO_TERMINAL_VKILL, byte)) {
        line_kill(line);
    } else if (extended && is(line, COCO_TERMINAL_VWERASE, byte)) {
        line_erase_word(line);
    } else if (extended && is(line, COCO_TERMINAL_VREPRINT, byte)) {
        line_reprint(line);
    } else {
        return false;
    }
    return true;
}

static void type_canonical(struct line *line, uint8_t byte)
{
    if (edit(line, byte)) {
        return;
    }
    if (is(line, COCO_TERMINAL_VEOF, byte)) {
        store(line, byte, true, true);
    } else if (byte == '\n' || is(line, COCO_TERMINAL_VEOL, byte)) {
        end_line(line, byte);
    } else {
        store_plain(line, byte);
    }
}

static void type_signal(struct line *line, uint8_t byte)
{
    if (!line_has(line->modes.local, COCO_TERMINAL_NOFLSH)) {
        line_drop_input(line);
        line_drop_output(line);
    }
    if (line_has(line->modes.input, COCO_TERMINAL_IXON)) {
        line->stopped = false;
    }
    line_echo(line, byte);
}

/// With IXON, whether the byte is for the flow of output.
static bool type_flow(struct line *line, uint8_t byte)
{
    uint32_t input = line->modes.input;

    if (!line_has(input, COCO_TERMINAL_IXON)) {
        return false;
    }
    if (is(line, COCO_TERMINAL_VSTART, byte) &&
        (line->stopped || !is(line, COCO_TERMINAL_VSTOP, byte))) {
        line->stopped = false;
        return true;
    }
    if (is(line, COCO_TERMINAL_VSTOP, byte)) {
        line->stopped = true;
        return true;
    }
    if (line_has(input, COCO_TERMINAL_IXANY)) {
        line->stopped = false;
    }
    return false;
}

/// One byte; the signal that it stands for, or 0.
static uint32_t type(struct line *line, uint8_t byte)
{
    uint32_t input = line->modes.input;
    uint32_t signal;

    if (!line_has(line->modes.control, COCO_TERMINAL_CREAD)) {
        return 0;
    }
    if (line_has(input, COCO_TERMINAL_ISTRIP)) {
        byte &= 0x7f;
    }
    if (line->literal) {
        line->literal = false;
        store_plain(line, byte);
        return 0;
    }
    if (type_flow(line, byte)) {
        return 0;
    }
    signal = signal_of(line, byte);
    if (signal != 0) {
        type_signal(line, byte);
        return signal;
    }
    if (byte == '\r' && line_has(input, COCO_TERMINAL_IGNCR)) {
        return 0;
    }
    if (byte == '\r' && line_has(input, COCO_TERMINAL_ICRNL)) {
        byte = '\n';
    } else if (byte == '\n' && line_has(input, COCO_TERMINAL_INLCR)) {
        byte = '\r';
    }
    if (!line_is_canonical(line)) {
        store_plain(line, byte);
    } else if (line_has(line->modes.local, COCO_TERMINAL_IEXTEN) &&
               is(line, COCO_TERMINAL_VLNEXT, byte)) {
        line->literal = true;
    } else {
        type_canonical(line, byte);
    }
    return 0;
}

/// Without room, what comes before a signal that drops all input need not be stored: the index of
/// such a byte, `len` if there is none.
static size_t find_signal(const struct line *line, const uint8_t *bytes, size_t at, size_t len)
{
    if (line_has(line->modes.local, COCO_TERMINAL_NOFLSH)) {
        return len;
    }
    while (at < len && signal_of(line, bytes[at]) == 0) {
        at++;
    }
    return at;
}

size_t line_type(struct line *line, const uint8_t *bytes, size_t len, uint64_t *signals)
{
    size_t at = 0;

    *signals = 0;
    while (at < len) {
        size_t next = line_has_room(line) ? at : find_signal(line, bytes, at, len);
        uint32_t signal;

        if (next == len) {
            break;
        }
        line->literal = line->literal && next == at;
        signal = type(line, bytes[next]);
        *signals |= signal != 0 ? 1ull << signal : 0;
        at = next + 1;
    }
    return at;
}

bool line_is_whole(const struct line *line)
{
    return line->ready != line->start;
}

struct line_piece line_next(const struct line *line, size_t len)
{
    uint32_t limit = line_is_canonical(line) ? line->ready : line->end;
    struct line_piece piece = {0, 0};

    if (!line_is_canonical(line)) {
        piece.count = (uint32_t)MIN((size_t)(limit - line->start), len);
        piece.taken = piece.count;
        return piece;
    }
    for (uint32_t at = line->start; at != limit; at++) {
        if (get_bit(line->marks, at)) {
            piece.taken++; /* with the bytes before it, if there are any */
            break;
        }
        if (piece.count == len) {
            break;
        }
        piece.count++;
        piece.taken++;
        if (get_bit(line->ends, at)) {
            break;
        }
    }
    return piece;
}

uint32_t line_readable(const struct line *line)
{
    return line_next(line, COCO_TERMINAL_INPUT_MAX).count;
}

const uint8_t *line_at(const struct line *line, uint32_t offset, size_t *len)
{
    uint32_t place = place_of(line->start + offset);

    *len = MIN(*len, (size_t)(COCO_TERMINAL_INPUT_MAX - place));
    return &line->bytes[place];
}

void line_take(struct line *line, struct line_piece piece)
{
    line->start += piece.taken;
    if (line->throttled && used(line) < THROTTLE_BELOW) {
        line->throttled = !line_send_flow(line, false);
    }
}

void line_drop_input(struct line *line)
{
    line->start = line->end;
    line->ready = line->end;
    line->literal = false;
    line_take(line, (struct line_piece){0, 0});
}
