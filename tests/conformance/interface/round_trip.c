// SPDX-License-Identifier: MIT
// Each operation of everything.json there and back.
#include "round_trip.h"

#include <string.h>

#include "check.h"

static void plain(void)
{
    struct coco_client *client = round_trip_client();
    struct everything_add_arguments arguments = {.a = 40, .b = 2};
    struct everything_add_results results;

    CHECK(everything_nothing(client) == 0);
    CHECK(everything_add(client, &arguments, &results) == 0);
    CHECK(results.sum == 42);
    arguments.a = UINT64_MAX;
    CHECK(everything_add(client, &arguments, &results) == EVERYTHING_ERROR_FULL);
}

static void scalars(void)
{
    struct coco_client *client = round_trip_client();
    struct everything_scalars_arguments in = {
        .a = 5,
        .b = -300,
        .c = 1,
        .d = UINT64_MAX,
        .e = EVERYTHING_COLOUR_BLUE,
        .f = {0, 0, 0, 0, 1},
        .g = {.x = -1, .y = INT64_MIN, .on = 1, .tag = {1, 2, 3}},
    };
    struct everything_scalars_results out;

    CHECK(everything_scalars(client, &in, &out) == 0);
    CHECK(out.a == 7);
    CHECK(out.e[0] == EVERYTHING_COLOUR_BLUE && out.e[1] == EVERYTHING_COLOUR_RED);
    CHECK(memcmp(&out.g.ends[0], &in.g, sizeof(in.g)) == 0);
    CHECK(out.g.ends[1].x == -300 && out.g.ends[1].y == -1);
    in.a = 77;
    CHECK(everything_scalars(client, &in, &out) == COCO_EIO);
}

/* What the interface does not allow is not even sent. */
static void refused_at_home(void)
{
    struct coco_client *client = round_trip_client();
    struct everything_scalars_arguments in = {.e = 4};
    struct everything_scalars_results out;
    struct everything_largest_arguments large = {.command_count = 4081};
    struct everything_largest_results reply;
    struct everything_tell_arguments tell = {.text = "a\0b", .text_length = 3};

    CHECK(everything_scalars(client, &in, &out) == COCO_EINVAL);
    in.e = EVERYTHING_COLOUR_RED;
    in.c = 2;
    CHECK(everything_scalars(client, &in, &out) == COCO_EINVAL);
    in.c = 0;
    in.f[3] = 9;
    CHECK(everything_scalars(client, &in, &out) == COCO_EINVAL);
    in.f[3] = 0;
    in.g.padding0[1] = 1;
    CHECK(everything_scalars(client, &in, &out) == COCO_EINVAL);
    in.g.padding0[1] = 0;
    CHECK(everything_scalars(client, &in, &out) == 0);
    CHECK(everything_largest(client, &large, &reply) == COCO_EINVAL);
    CHECK(everything_tell(client, &tell) == COCO_EINVAL);
}

static void arrays(void)
{
    struct coco_client *client = round_trip_client();
    const uint8_t data[] = {1, 2, 3, 4};
    const struct everything_point points[3] = {{.x = 1}, {.y = 2}, {.on = 1}};
    const uint32_t tints[] = {EVERYTHING_COLOUR_BLUE};
    const uint8_t flags[9] = {1, 0, 1};
    struct everything_arrays_arguments in = {
        .who = "somebody",
        .who_length = 8,
        .data = data,
        .data_count = 4,
        .points = points,
        .points_count = 3,
        .flags = flags,
        .flags_count = 9,
        .tints = tints,
        .tints_count = 1,
    };
    struct everything_arrays_results out;

    CHECK(everything_arrays(client, &in, &out) == 0);
    CHECK(out.echo_count == 4 && memcmp(out.echo, "\2\3\4\5", 4) == 0);
    CHECK(out.note_length == 8 && strcmp(out.note, "somebody") == 0);
    CHECK(out.lines_count == 3 && out.lines[0].ends[0].x == 1 && out.lines[1].ends[0].y == 2 &&
          out.lines[2].ends[0].on == 1);
    CHECK(out.lines[0].tint == EVERYTHING_COLOUR_BLUE &&
          out.lines[1].tint == EVERYTHING_COLOUR_RED);
    in.data_count = 3;
    CHECK(everything_arrays(client, &in, &out) == EVERYTHING_ERROR_ODD);
    CHECK(everything_arrays(client, &(struct everything_arrays_arguments){0}, &out) == 0);
    CHECK(out.echo_count == 0 && out.note_length == 0 && out.note[0] == 0 && out.lines_count == 0);
}

static void limits(void)
{
    static uint8_t bytes[4080];
    struct coco_client *client = round_trip_client();
    const struct everything_largest_arguments in = {
        .locality = 0x5a, .command = bytes, .command_count = sizeof(bytes)};
    struct everything_largest_results out;
    const struct everything_arrays_arguments undeclared = {.data = bytes, .data_count = 999};
    struct everything_arrays_results none;

    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)i;
    }
    CHECK(everything_largest(client, &in, &out) == 0);
    CHECK(out.reply_count == sizeof(bytes) && out.reply[0] == 0x5a &&
          out.reply[4079] == (0x5a ^ (4079 & 255)));
    CHECK(everything_arrays(client, &undeclared, &none) == COCO_EIO);
}

static void one_way(void)
{
    struct coco_client *client = round_trip_client();
    const struct everything_tell_arguments in = {.text = "hear this", .text_length = 9};

    CHECK(everything_tell(client, &in) == 0);
    CHECK(everything_nothing(client) == 0); /* behind it */
    CHECK(strcmp(round_trip_told, "hear this") == 0);
}

static void handles(void)
{
    struct coco_client *client = round_trip_client();
    const coco_handle_t memory = round_trip_memory();
    const coco_handle_t event = round_trip_event();
    const struct everything_hand_over_arguments in = {.memory = memory, .given = event};
    struct everything_hand_over_results out = {.event = COCO_HANDLE_NONE};

    CHECK(everything_hand_over(client, &in, &out) == 0);
    CHECK(out.event != COCO_HANDLE_NONE);
}

int main(void)
{
    check_run("plain", plain);
    check_run("scalars", scalars);
    check_run("refused_at_home", refused_at_home);
    check_run("arrays", arrays);
    check_run("limits", limits);
    check_run("one_way", one_way);
    check_run("handles", handles);
    return check_end();
}
