// SPDX-License-Identifier: MIT
// Line discipline: what is written, up to where it is sent.
#include "line.h"

/* What programs leave free for echoes; more than one byte of theirs can become. */
#define ECHO_ROOM 512u

void line_put_raw(struct line *line, uint8_t byte)
{
    if (line_output_room(line) > 0) {
        line->output[line->output_end++ % LINE_OUTPUT_MAX] = byte;
    }
}

static void put_newline(struct line *line)
{
    if (line_has(line->modes.output, COCO_TERMINAL_ONLRET)) {
        line->column = 0;
    }
    if (line_has(line->modes.output, COCO_TERMINAL_ONLCR)) {
        line_put_raw(line, '\r');
        line->column = 0;
    }
    line_put_raw(line, '\n');
}

static void put_return(struct line *line)
{
    if (line_has(line->modes.output, COCO_TERMINAL_ONOCR) && line->column == 0) {
        return;
    }
    if (!line_has(line->modes.output, COCO_TERMINAL_OCRNL)) {
        line_put_raw(line, '\r');
        line->column = 0;
        return;
    }
    line_put_raw(line, '\n');
    if (line_has(line->modes.output, COCO_TERMINAL_ONLRET)) {
        line->column = 0;
    }
}

static void put_tab(struct line *line)
{
    uint32_t stop = (line->column | 7) + 1;

    if ((line->modes.output & COCO_TERMINAL_TABS) != COCO_TERMINAL_TAB3) {
        line_put_raw(line, '\t');
        line->column = stop;
    }
    for (; line->column < stop; line->column++) {
        line_put_raw(line, ' ');
    }
}

void line_put(struct line *line, uint8_t byte)
{
    if (!line_has(line->modes.output, COCO_TERMINAL_OPOST)) {
        line_put_raw(line, byte);
        return;
    }
    switch (byte) {
    case '\n':
        put_newline(line);
        break;
    case '\r':
        put_return(line);
        break;
    case '\t':
        put_tab(line);
        break;
    case '\b':
        line_put_raw(line, byte);
        line->column -= line->column > 0;
        break;
    default:
        line_put_raw(line, byte);
        /* Of a character of several bytes the first one counts. */
        line->column += byte >= ' ' && byte != 0x7f && (byte & 0xc0) != 0x80;
        break;
    }
}

bool line_can_write(const struct line *line)
{
    return line_output_room(line) > ECHO_ROOM;
}

size_t line_write(struct line *line, const uint8_t *bytes, size_t len)
{
    size_t at = 0;

    for (; at < len && line_can_write(line); at++) {
        line_put(line, bytes[at]);
    }
    return at;
}

uint32_t line_unsent(const struct line *line)
{
    return line->output_end - line->output_start;
}

const uint8_t *line_output(const struct line *line, size_t *len)
{
    uint32_t place = line->output_start % LINE_OUTPUT_MAX;

    *len = line->stopped ? 0 : MIN(line_unsent(line), LINE_OUTPUT_MAX - place);
    return &line->output[place];
}

void line_sent(struct line *line, size_t len)
{
    line->output_start += (uint32_t)len;
}

void line_drop_output(struct line *line)
{
    line->output_start = line->output_end;
}

bool line_send_flow(struct line *line, bool stop)
{
    uint8_t byte = line->modes.characters[stop ? COCO_TERMINAL_VSTOP : COCO_TERMINAL_VSTART];

    if (byte == COCO_TERMINAL_DISABLED) {
        return true;
    }
    bool room = line_output_room(line) > 0;
    line_put_raw(line, byte);
    return room;
}
