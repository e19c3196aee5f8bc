// SPDX-License-Identifier: MIT
#include "support.h"

#include <stdio.h>
#include <string.h>

struct line *fresh(void)
{
    static struct line line;

    memset(&line, 0xaa, sizeof(line));
    line_init(&line);
    return &line;
}

static void change(uint32_t *word, uint32_t clear, uint32_t set)
{
    *word = (*word & ~clear) | set;
}

void change_input(struct line *line, uint32_t clear, uint32_t set)
{
    struct coco_terminal modes = line->modes;

    change(&modes.input, clear, set);
    line_set_modes(line, &modes);
}

void change_output(struct line *line, uint32_t clear, uint32_t set)
{
    struct coco_terminal modes = line->modes;

    change(&modes.output, clear, set);
    line_set_modes(line, &modes);
}

void change_local(struct line *line, uint32_t clear, uint32_t set)
{
    struct coco_terminal modes = line->modes;

    change(&modes.local, clear, set);
    line_set_modes(line, &modes);
}

void change_character(struct line *line, unsigned which, uint8_t byte)
{
    struct coco_terminal modes = line->modes;

    modes.characters[which] = byte;
    line_set_modes(line, &modes);
}

uint64_t type(struct line *line, const char *text)
{
    uint64_t signals;

    UNIT_EQUAL(line_type(line, (const uint8_t *)text, strlen(text), &signals), strlen(text));
    return signals;
}

void expect_read(struct line *line, size_t len, const char *text)
{
    char found[COCO_TERMINAL_INPUT_MAX];
    bool there = line_is_canonical(line) ? line_is_whole(line) : line_readable(line) > 0;
    struct line_piece piece = line_next(line, len);

    UNIT_EQUAL(there, text != NULL);
    for (size_t at = 0; at < piece.count;) {
        size_t part = piece.count - at;
        const uint8_t *bytes = line_at(line, (uint32_t)at, &part);

        memcpy(found + at, bytes, part);
        at += part;
    }
    line_take(line, piece);
    text = text != NULL ? text : "";
    UNIT_EQUAL(piece.count, strlen(text));
    UNIT_CHECK(memcmp(found, text, piece.count) == 0);
}

void expect_output(struct line *line, const char *text)
{
    char found[LINE_OUTPUT_MAX + 1];
    size_t all = 0;

    for (;;) {
        size_t len;
        const uint8_t *bytes = line_output(line, &len);

        if (len == 0) {
            break;
        }
        memcpy(found + all, bytes, len);
        all += len;
        line_sent(line, len);
    }
    found[all] = '\0';
    if (strcmp(found, text) != 0) {
        printf("# output is \"%s\", not \"%s\"\n", found, text);
    }
    UNIT_EQUAL(strcmp(found, text), 0);
}
