// SPDX-License-Identifier: MIT
// Any modes and any bytes: the line discipline stays inside of its rings, and what it tells of
// itself fits together. The input is a sequence of records: a byte that says what to do, and its
// argument.
#include "line.h"

#include <base/check.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct line *line)
{
    uint32_t used = line->end - line->start;
    uint32_t edited = line->end - line->ready;

    CHECK(used <= COCO_TERMINAL_INPUT_MAX && edited <= used, "input lies in its ring");
    CHECK(edited < COCO_TERMINAL_CANON_MAX, "a line that is edited is short enough");
    CHECK(line_is_canonical(line) || edited == 0, "raw input can be read");
    CHECK(line_unsent(line) <= LINE_OUTPUT_MAX, "output lies in its ring");
    CHECK(line_has_room(line) || line->ready != line->start, "a full ring can be read");
}

static void set_modes(struct line *line, const uint8_t *data, size_t len)
{
    struct coco_terminal modes = line->modes;

    memcpy(&modes, data, len < sizeof(modes) ? len : sizeof(modes));
    modes.input &= COCO_TERMINAL_INPUT_MASK;
    modes.output &= COCO_TERMINAL_OUTPUT_MASK;
    modes.control &= COCO_TERMINAL_CONTROL_MASK;
    modes.local &= COCO_TERMINAL_LOCAL_MASK;
    line_set_modes(line, &modes);
}

static void read_some(struct line *line, size_t len)
{
    uint32_t before = line->end - line->start;
    struct line_piece piece = line_next(line, len);

    CHECK(piece.count <= len && piece.count <= piece.taken && piece.taken <= before,
          "a read gets what is there");
    for (size_t at = 0; at < piece.count;) {
        size_t part = piece.count - at;
        const uint8_t *bytes = line_at(line, (uint32_t)at, &part);

        CHECK(part > 0 && bytes >= line->bytes && bytes + part <= line->bytes + sizeof(line->bytes),
              "reads lie in the ring");
        at += part;
    }
    line_take(line, piece);
}

static void send_some(struct line *line, size_t most)
{
    size_t len;
    const uint8_t *bytes = line_output(line, &len);

    CHECK(bytes + len <= line->output + sizeof(line->output), "output lies in its ring");
    line_sent(line, len < most ? len : most);
}

static void step(struct line *line, const uint8_t *data, size_t len, uint8_t what)
{
    uint64_t signals;

    switch (what % 8) {
    case 0:
        set_modes(line, data, len);
        break;
    case 1:
    case 2:
        CHECK(line_type(line, data, len, &signals) <= len, "no more than there is");
        break;
    case 3:
        CHECK(line_write(line, data, len) <= len, "no more than there is");
        break;
    case 4:
        read_some(line, len * 16);
        break;
    case 5:
        send_some(line, len * 16);
        break;
    case 6:
        line_drop_input(line);
        break;
    default:
        line->modes.local |= COCO_TERMINAL_ECHO;
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct line line;

    line_init(&line);
    while (size >= 2) {
        size_t len = data[1] < size - 2 ? data[1] : size - 2;

        step(&line, data + 2, len, data[0]);
        check(&line);
        data += 2 + len;
        size -= 2 + len;
    }
    return 0;
}
