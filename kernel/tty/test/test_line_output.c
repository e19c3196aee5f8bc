// SPDX-License-Identifier: MIT
// Line discipline: echo and output.
#include "support.h"

#include <string.h>

static void put(struct line *line, const char *text)
{
    UNIT_EQUAL(line_write(line, (const uint8_t *)text, strlen(text)), strlen(text));
}

UNIT_TEST(output_is_processed)
{
    struct line *line = fresh();

    put(line, "a\n\tb\r");
    expect_output(line, "a\r\n\tb\r");
    change_output(line, COCO_TERMINAL_ONLCR, COCO_TERMINAL_OCRNL | COCO_TERMINAL_TAB3);
    put(line, "ab\tc\rd\n\b");
    expect_output(line, "ab      c\nd\n\b");
    change_output(line, COCO_TERMINAL_OCRNL | COCO_TERMINAL_TABS,
                  COCO_TERMINAL_ONOCR | COCO_TERMINAL_ONLRET);
    put(line, "x\n\ry\r\r");
    expect_output(line, "x\ny\r");
    change_output(line, COCO_TERMINAL_OPOST, COCO_TERMINAL_ONLCR);
    put(line, "\n\r\t");
    expect_output(line, "\n\r\t");
}

UNIT_TEST(echo_follows_the_modes)
{
    struct line *line = fresh();

    type(line, "a\001\n");
    expect_output(line, "a^A\r\n");
    change_local(line, COCO_TERMINAL_ECHOCTL, 0);
    type(line, "\001\n");
    expect_output(line, "\001\r\n");
    change_local(line, COCO_TERMINAL_ECHO, 0);
    type(line, "abc\n");
    expect_output(line, "");
    change_local(line, 0, COCO_TERMINAL_ECHONL);
    type(line, "abc\n");
    expect_output(line, "\r\n");
    change_local(line, COCO_TERMINAL_ICANON, 0);
    type(line, "\n");
    expect_output(line, ""); /* ECHONL is for lines */
}

UNIT_TEST(erasing_is_shown)
{
    struct line *line = fresh();

    type(line, "a\001\177");
    expect_output(line, "a^A\b \b\b \b");
    type(line, "\tb\177\177");
    expect_output(line, "\tb\b \b\b \b\b \b\b \b\b \b\b \b\b \b\b \b");
    type(line, "\177");
    expect_output(line, "\b \b");
    type(line, "\177");
    expect_output(line, "");
    type(line, "ab\025");
    expect_output(line, "ab\b \b\b \b");
    change_local(line, COCO_TERMINAL_ECHOKE, 0);
    type(line, "ab\025");
    expect_output(line, "ab^U\r\n");
    change_local(line, COCO_TERMINAL_ECHOK, 0);
    type(line, "ab\025");
    expect_output(line, "ab^U");
    change_local(line, COCO_TERMINAL_ECHOE, 0);
    type(line, "ab\177");
    expect_output(line, "ab^?");
    type(line, "\022");
    expect_output(line, "^R\r\na");
}

UNIT_TEST(erasing_after_a_prompt)
{
    struct line *line = fresh();

    put(line, "> ");
    type(line, "\t\177x");
    expect_output(line, "> \t\b \b\b \b\b \b\b \b\b \b\b \bx");
}

UNIT_TEST(output_is_held)
{
    struct line *line = fresh();
    size_t len;

    put(line, "ab");
    type(line, "\023");
    (void)line_output(line, &len);
    UNIT_EQUAL(len, 0);
    type(line, "c");
    type(line, "\021");
    expect_output(line, "abc");
    type(line, "\023");
    change_input(line, 0, COCO_TERMINAL_IXANY);
    type(line, "d");
    expect_output(line, "d");
    type(line, "\023");
    UNIT_CHECK(type(line, "\003") != 0); /* a signal lets it go on */
    expect_output(line, "^C");
    type(line, "\023");
    change_input(line, COCO_TERMINAL_IXON, 0);
    type(line, "\023");
    expect_output(line, "^S");
}

UNIT_TEST(output_has_a_limit)
{
    struct line *line = fresh();
    uint8_t bytes[2 * LINE_OUTPUT_MAX];
    uint64_t signals;

    memset(bytes, '\n', sizeof(bytes));
    size_t taken = line_write(line, bytes, sizeof(bytes));
    UNIT_CHECK(taken > 0 && taken < LINE_OUTPUT_MAX / 2 && !line_can_write(line));
    UNIT_EQUAL(line_write(line, bytes, 1), 0);
    /* Echoes have room left, and when there is none they are lost. */
    type(line, "abc");
    UNIT_EQUAL(line_unsent(line), 2 * taken + 3);
    for (unsigned i = 0; i < 3; i++) {
        UNIT_EQUAL(line_type(line, bytes, 1000, &signals), 1000);
    }
    UNIT_EQUAL(line_unsent(line), LINE_OUTPUT_MAX);
    line_drop_output(line);
    UNIT_EQUAL(line_unsent(line), 0);
    UNIT_CHECK(line_can_write(line));
}
