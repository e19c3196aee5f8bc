// SPDX-License-Identifier: MIT
#include <string.h>

#include "check.h"
#include "round_trip.h"

unsigned checks_passed;
unsigned checks_failed;
unsigned check_faults;

char round_trip_told[201];

static int32_t nothing(struct coco_call *call)
{
    (void)call;
    return 0;
}

static int32_t add(struct coco_call *call, const struct everything_add_arguments *arguments,
                   struct everything_add_results *results)
{
    (void)call;
    return __builtin_add_overflow(arguments->a, arguments->b, &results->sum) ? EVERYTHING_ERROR_FULL
                                                                             : 0;
}

static int32_t scalars(struct coco_call *call, const struct everything_scalars_arguments *arguments,
                       struct everything_scalars_results *results)
{
    (void)call;
    results->a = (uint8_t)(arguments->a + arguments->c + arguments->f[4]);
    results->e[0] = arguments->e;
    /* 77 asks for a result that cannot be. */
    results->e[1] = arguments->a == 77 ? 5 : EVERYTHING_COLOUR_RED;
    results->g.ends[0] = arguments->g;
    results->g.ends[1].x = arguments->b;
    results->g.ends[1].y = (int64_t)arguments->d;
    results->g.tint = EVERYTHING_COLOUR_BLUE;
    return 0;
}

static int32_t arrays(struct coco_call *call, const struct everything_arrays_arguments *arguments,
                      struct everything_arrays_results *results)
{
    static uint8_t own[1000];
    (void)call;

    if (arguments->data_count % 2 != 0) {
        return arguments->data_count == 999 ? 55
                                            : EVERYTHING_ERROR_ODD; /* 55 is none of its errors */
    }
    /* Some results in the room there is, one in memory of the handler's own. */
    for (uint32_t i = 0; i < arguments->data_count; i++) {
        own[i] = (uint8_t)(arguments->data[i] + 1);
    }
    results->echo = own;
    results->echo_count = arguments->data_count;
    results->note_length = arguments->who_length < 30 ? arguments->who_length : 30;
    memcpy(results->note, arguments->who, results->note_length);
    results->lines_count = arguments->points_count;
    for (uint32_t i = 0; i < arguments->points_count; i++) {
        memset(&results->lines[i], 0, sizeof(results->lines[i]));
        results->lines[i].ends[0] = arguments->points[i];
        results->lines[i].tint =
            i < arguments->tints_count ? arguments->tints[i] : EVERYTHING_COLOUR_RED;
    }
    return 0;
}

static int32_t hand_over(struct coco_call *call,
                         const struct everything_hand_over_arguments *arguments,
                         struct everything_hand_over_results *results)
{
    /* What was given goes back; the memory's handle is closed behind the handler. */
    coco_call_keep(call, arguments->given);
    results->event = arguments->given;
    return 0;
}

static int32_t tell(struct coco_call *call, const struct everything_tell_arguments *arguments)
{
    (void)call;
    memcpy(round_trip_told, arguments->text, arguments->text_length + 1); /* with its NUL */
    return 0;
}

static int32_t largest(struct coco_call *call, const struct everything_largest_arguments *arguments,
                       struct everything_largest_results *results)
{
    (void)call;
    results->reply_count = arguments->command_count;
    for (uint32_t i = 0; i < arguments->command_count; i++) {
        results->reply[i] = arguments->command[i] ^ arguments->locality;
    }
    return 0;
}

const struct everything_server round_trip_server = {
    .nothing = nothing,
    .add = add,
    .scalars = scalars,
    .arrays = arrays,
    .hand_over = hand_over,
    .tell = tell,
    .largest = largest,
};
