// SPDX-License-Identifier: MIT
// Line discipline: what is typed and read.
#include "support.h"

#include <string.h>

#define CONTROL_SIGNAL(signal) (1ull << (signal))

UNIT_TEST(line_is_read_when_it_is_whole)
{
    struct line *line = fresh();

    type(line, "hel");
    expect_read(line, 10, NULL);
    type(line, "lo\rnext\n");
    UNIT_EQUAL(line_readable(line), 6);
    expect_read(line, 3, "hel");
    expect_read(line, 10, "lo\n");
    expect_read(line, 10, "next\n");
    expect_read(line, 10, NULL);
    expect_output(line, "hello\r\nnext\r\n");
}

UNIT_TEST(eof_ends_a_line_and_is_not_read)
{
    struct line *line = fresh();

    type(line, "abc\004");
    expect_read(line, 3, "abc"); /* and the EOF is gone, too */
    expect_read(line, 3, NULL);
    type(line, "abc\004\004x\n");
    expect_read(line, 2, "ab");
    expect_read(line, 2, "c");
    expect_read(line, 2, "");
    expect_read(line, 9, "x\n");
    expect_output(line, "abcabcx\r\n");
}

UNIT_TEST(eol_is_part_of_the_line)
{
    struct line *line = fresh();

    change_character(line, COCO_TERMINAL_VEOL, ';');
    type(line, "a;b\n");
    expect_read(line, 9, "a;");
    expect_read(line, 9, "b\n");
}

UNIT_TEST(keys_edit_the_line)
{
    struct line *line = fresh();

    type(line, "\177ab\177\177\177c\n");
    expect_read(line, 9, "c\n");
    type(line, "one two  \027x\n");
    expect_read(line, 9, "one x\n");
    type(line, "done\nlost\025kept\n");
    expect_read(line, 9, "done\n"); /* a line that is whole is not edited */
    expect_read(line, 9, "kept\n");
    type(line, "a\026\177\026\003\026\004\026\n");
    expect_read(line, 9, NULL); /* after LNEXT the newline ends nothing */
    type(line, "\n");
    expect_read(line, 9, "a\177\003\004\n\n");
    change_local(line, COCO_TERMINAL_IEXTEN, 0);
    type(line, "a\026\027\n");
    expect_read(line, 9, "a\026\027\n");
}

UNIT_TEST(erasing_takes_characters)
{
    struct line *line = fresh();

    type(line, "a\xc3\xa4\177b\n");
    expect_read(line, 9, "ab\n");
    expect_output(line, "a\xc3\xa4\b \bb\r\n");
    change_input(line, COCO_TERMINAL_IUTF8, 0);
    type(line, "a\xc3\xa4\177\n");
    expect_read(line, 9, "a\xc3\n");
}

UNIT_TEST(characters_can_be_disabled)
{
    struct line *line = fresh();
    uint64_t signals;

    change_character(line, COCO_TERMINAL_VERASE, COCO_TERMINAL_DISABLED);
    UNIT_EQUAL(line_type(line, (const uint8_t *)"a\0b\n", 4, &signals), 4);
    UNIT_EQUAL(line_next(line, 9).count, 4);
}

UNIT_TEST(carriage_returns_and_newlines)
{
    struct line *line = fresh();

    change_input(line, COCO_TERMINAL_ICRNL, COCO_TERMINAL_IGNCR);
    type(line, "a\rb\n");
    expect_read(line, 9, "ab\n");
    change_input(line, COCO_TERMINAL_IGNCR, 0);
    type(line, "a\rb\n");
    expect_read(line, 9, "a\rb\n");
    change_input(line, 0, COCO_TERMINAL_INLCR | COCO_TERMINAL_ISTRIP);
    type(line, "\xe1\n\004");
    expect_read(line, 9, "a\r");
}

UNIT_TEST(signals_flush)
{
    struct line *line = fresh();

    type(line, "whole\npart");
    UNIT_EQUAL(type(line, "\003"), CONTROL_SIGNAL(COCO_SIGNAL_INTERRUPT));
    expect_read(line, 9, NULL);
    expect_output(line, "^C");
    change_local(line, 0, COCO_TERMINAL_NOFLSH);
    UNIT_EQUAL(type(line, "a\034b\032\n"),
               CONTROL_SIGNAL(COCO_SIGNAL_QUIT) | CONTROL_SIGNAL(COCO_SIGNAL_TERMINAL_STOP));
    expect_read(line, 9, "ab\n");
    change_local(line, COCO_TERMINAL_ISIG, 0);
    UNIT_EQUAL(type(line, "\003\n"), 0);
    expect_read(line, 9, "\003\n");
}

UNIT_TEST(raw_input_is_there_at_once)
{
    struct line *line = fresh();

    change_local(line, COCO_TERMINAL_ICANON | COCO_TERMINAL_ECHO, 0);
    type(line, "a\004\177\025\r");
    UNIT_EQUAL(line_readable(line), 5);
    expect_read(line, 2, "a\004");
    expect_read(line, 9, "\177\025\n");
    expect_read(line, 9, NULL);
    expect_output(line, "");
}

UNIT_TEST(modes_change_with_input_there)
{
    struct line *line = fresh();

    type(line, "a\004\004b\nc");
    change_local(line, COCO_TERMINAL_ICANON, 0);
    expect_read(line, 9, "ab\nc");
    type(line, "x\ny");
    change_local(line, 0, COCO_TERMINAL_ICANON);
    expect_read(line, 9, "x\ny");
    type(line, "z\n");
    expect_read(line, 9, "z\n");
}

UNIT_TEST(parity_marks_are_doubled)
{
    struct line *line = fresh();

    change_input(line, 0, COCO_TERMINAL_PARMRK);
    type(line, "a\xff\n");
    expect_read(line, 9, "a\xff\xff\n");
    change_input(line, 0, COCO_TERMINAL_ISTRIP);
    type(line, "b\xff\n");
    expect_read(line, 9, "\n"); /* it became DEL, which is ERASE */
}

UNIT_TEST(nothing_is_received_without_cread)
{
    struct line *line = fresh();
    struct coco_terminal modes = line->modes;

    modes.control &= ~COCO_TERMINAL_CREAD;
    line_set_modes(line, &modes);
    UNIT_EQUAL(type(line, "abc\n\003"), 0);
    expect_read(line, 9, NULL);
    expect_output(line, "");
}

UNIT_TEST(lines_have_a_limit)
{
    struct line *line = fresh();
    char text[2 * COCO_TERMINAL_CANON_MAX + 1];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    change_local(line, COCO_TERMINAL_ECHO, 0);
    type(line, text);
    UNIT_EQUAL(line_unsent(line), COCO_TERMINAL_CANON_MAX + 1); /* as many bells */
    expect_read(line, 9, NULL);
    type(line, "\n");
    UNIT_EQUAL(line_readable(line), COCO_TERMINAL_CANON_MAX);
}

UNIT_TEST(input_has_a_limit)
{
    struct line *line = fresh();
    uint8_t bytes[COCO_TERMINAL_INPUT_MAX * 2];
    uint64_t signals;
    size_t taken;

    memset(bytes, '\n', sizeof(bytes));
    taken = line_type(line, bytes, sizeof(bytes), &signals);
    UNIT_CHECK(taken < COCO_TERMINAL_INPUT_MAX && !line_has_room(line));
    UNIT_EQUAL(line_type(line, bytes, 1, &signals), 0);
    expect_read(line, 9, "\n");
    UNIT_EQUAL(line_type(line, bytes, sizeof(bytes), &signals), 1);
    /* A signal drops what is there, so it has room; and so what came before it has none. */
    bytes[7] = 3;
    UNIT_EQUAL(line_type(line, bytes, 9, &signals), 9);
    UNIT_EQUAL(signals, CONTROL_SIGNAL(COCO_SIGNAL_INTERRUPT));
    expect_read(line, 9, "\n");
    expect_read(line, 9, NULL);
}

UNIT_TEST(the_sender_is_held_back)
{
    struct line *line = fresh();
    uint8_t bytes[COCO_TERMINAL_INPUT_MAX];
    uint64_t signals;

    change_local(line, COCO_TERMINAL_ECHO | COCO_TERMINAL_ICANON, 0);
    change_input(line, 0, COCO_TERMINAL_IXOFF);
    memset(bytes, 'x', sizeof(bytes));
    UNIT_EQUAL(line_type(line, bytes, 3000, &signals), 3000);
    expect_output(line, "");
    UNIT_EQUAL(line_type(line, bytes, 100, &signals), 100);
    expect_output(line, "\023");
    line_take(line, line_next(line, 1000));
    expect_output(line, "");
    line_take(line, line_next(line, 2000));
    expect_output(line, "\021");
}
