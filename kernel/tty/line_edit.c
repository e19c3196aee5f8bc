// SPDX-License-Identifier: MIT
// Line discipline: echo, and the line that is being edited.
#include "line.h"

static uint8_t byte_at(const struct line *line, uint32_t index)
{
    return line->bytes[index % COCO_TERMINAL_INPUT_MAX];
}

static bool is_control(uint8_t byte)
{
    return byte < ' ' || byte == 0x7f;
}

/// Whether ECHOCTL shows the byte as two characters.
static bool is_shown_as_two(const struct line *line, uint8_t byte)
{
    return line_has(line->modes.local, COCO_TERMINAL_ECHOCTL) && is_control(byte) && byte != '\t' &&
           byte != '\n';
}

/// Whether the byte goes on with a character of several.
static bool continues(const struct line *line, uint8_t byte)
{
    return line_has(line->modes.input, COCO_TERMINAL_IUTF8) && (byte & 0xc0) == 0x80;
}

static void show(struct line *line, uint8_t byte)
{
    if (is_shown_as_two(line, byte)) {
        line_put(line, '^');
        line_put(line, byte ^ 0x40);
    } else {
        line_put(line, byte);
    }
}

void line_echo(struct line *line, uint8_t byte)
{
    if (line_has(line->modes.local, COCO_TERMINAL_ECHO)) {
        show(line, byte);
    }
}

/// The column behind the line that is edited, as it was shown.
static uint32_t column_behind(const struct line *line)
{
    uint32_t column = line->edit_column;

    for (uint32_t at = line->ready; at != line->end; at++) {
        uint8_t byte = byte_at(line, at);

        if (byte == '\t') {
            column = (column | 7) + 1;
        } else if (is_shown_as_two(line, byte)) {
            column += 2;
        } else {
            column += !is_control(byte) && !continues(line, byte);
        }
    }
    return column;
}

/// Wipes out what stands behind the line's new end.
static void wipe(struct line *line)
{
    uint32_t column = column_behind(line);

    while (line->column > column && line_output_room(line) >= 3) {
        line_put_raw(line, '\b');
        line_put_raw(line, ' ');
        line_put_raw(line, '\b');
        line->column--;
    }
}

static bool is_empty(const struct line *line)
{
    return line->end == line->ready;
}

/// Takes the last character of the line away.
static void drop_character(struct line *line)
{
    while (!is_empty(line) && continues(line, byte_at(line, line->end - 1))) {
        line->end--;
    }
    if (!is_empty(line)) {
        line->end--;
    }
}

/// Shows that something was erased by the special character `which`.
static void show_erasing(struct line *line, unsigned which)
{
    if (!line_has(line->modes.local, COCO_TERMINAL_ECHO)) {
        return;
    }
    if (line_has(line->modes.local, COCO_TERMINAL_ECHOE)) {
        wipe(line);
    } else {
        show(line, line->modes.characters[which]);
    }
}

void line_erase(struct line *line)
{
    if (!is_empty(line)) {
        drop_character(line);
        show_erasing(line, COCO_TERMINAL_VERASE);
    }
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

void line_erase_word(struct line *line)
{
    if (is_empty(line)) {
        return;
    }
    while (!is_empty(line) && is_blank(byte_at(line, line->end - 1))) {
        line->end--;
    }
    while (!is_empty(line) && !is_blank(byte_at(line, line->end - 1))) {
        line->end--;
    }
    show_erasing(line, COCO_TERMINAL_VWERASE);
}

void line_kill(struct line *line)
{
    const uint32_t wipes = COCO_TERMINAL_ECHOK | COCO_TERMINAL_ECHOKE | COCO_TERMINAL_ECHOE;

    line->end = line->ready;
    if (!line_has(line->modes.local, COCO_TERMINAL_ECHO)) {
        return;
    }
    if ((line->modes.local & wipes) == wipes) {
        wipe(line);
        return;
    }
    show(line, line->modes.characters[COCO_TERMINAL_VKILL]);
    if (line_has(line->modes.local, COCO_TERMINAL_ECHOK)) {
        line_put(line, '\n');
    }
}

void line_reprint(struct line *line)
{
    if (!line_has(line->modes.local, COCO_TERMINAL_ECHO)) {
        return;
    }
    show(line, line->modes.characters[COCO_TERMINAL_VREPRINT]);
    line_put(line, '\n');
    line->edit_column = line->column;
    for (uint32_t at = line->ready; at != line->end; at++) {
        show(line, byte_at(line, at));
    }
}
