// SPDX-License-Identifier: MIT
// Tables that newlib's printf engines look ahead with when a format has positional arguments
// ("%2$s"). newlib's own end a conversion early when a flag, a width or a star stands behind the
// position
// ("%1$-8s"), and then fetch its argument as an int. newlib keeps the tables in the file of
// _svfiprintf_r(), the engine without floating point, which therefore stands here too, as the full
// one.
//
// The engines of wide formats look at the '%' itself, which those of byte formats have passed over:
// with the same table they find no conversion, and take each argument with a position as an int.
// newlib/merge.py gives them a table of their own.
#include <stdint.h>

// Values and order are newlib's: the engines hold them as numbers.
enum class { ZERO, DIGIT, DOLLAR, MODIFIER, SPEC, DOT, STAR, FLAG, OTHER, CLASS_COUNT };

enum state {
    START,
    FLAGS,        // flags seen
    WIDTH_DIGITS, // digits seen: a width, or a position if '$' follows
    WIDTH,        // position or width complete
    MODIFIED,     // size modifier seen
    POINT,        // '.' seen
    WIDTH_STAR,
    PRECISION_STAR,
    PRECISION, // complete
    WIDTH_STAR_DIGITS,
    PRECISION_STAR_DIGITS,
    DONE,
    STATE_COUNT
};

enum action {
    NOTHING,
    TAKE_NUMBER,
    SKIP_NUMBER,
    TAKE_MODIFIER,
    TAKE_ARGUMENT,
    TAKE_STAR,      // width or precision from the next argument
    TAKE_STAR_BACK, // the same, and look at the character again
    SET_POSITION,
    SET_STAR_POSITION
};

extern const uint8_t __chclass[256];
extern const uint8_t __state_table[STATE_COUNT][CLASS_COUNT];
extern const uint8_t __coco_wide_state_table[STATE_COUNT][CLASS_COUNT];
extern const uint8_t __action_table[STATE_COUNT][CLASS_COUNT];

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Winitializer-overrides"

const uint8_t __chclass[256] = {
    [0 ... 255] = OTHER,  ['0'] = ZERO,         ['1' ... '9'] = DIGIT, ['$'] = DOLLAR,
    ['.'] = DOT,          ['*'] = STAR,         [' '] = FLAG,          ['#'] = FLAG,
    ['\''] = FLAG,        ['+'] = FLAG,         ['-'] = FLAG,          ['h'] = MODIFIER,
    ['j'] = MODIFIER,     ['l'] = MODIFIER,     ['L'] = MODIFIER,      ['q'] = MODIFIER,
    ['t'] = MODIFIER,     ['z'] = MODIFIER,     ['A'] = SPEC,          ['a'] = SPEC,
    ['C' ... 'G'] = SPEC, ['c' ... 'g'] = SPEC, ['i'] = SPEC,          ['n' ... 'p'] = SPEC,
    ['O'] = SPEC,         ['S'] = SPEC,         ['s'] = SPEC,          ['U'] = SPEC,
    ['u'] = SPEC,         ['X'] = SPEC,         ['x'] = SPEC,
};

#define BEHIND_START                                                                               \
    [FLAGS] = {FLAGS, WIDTH_DIGITS, DONE, MODIFIED, DONE, POINT, WIDTH_STAR, FLAGS, DONE},         \
    [WIDTH_DIGITS] = {DONE, DONE, WIDTH, MODIFIED, DONE, POINT, DONE, DONE, DONE},                 \
    [WIDTH] = {WIDTH, WIDTH, DONE, MODIFIED, DONE, POINT, WIDTH_STAR, WIDTH, DONE},                \
    [MODIFIED] = {DONE, DONE, DONE, MODIFIED, DONE, DONE, DONE, DONE, DONE},                       \
    [POINT] = {POINT, PRECISION, DONE, MODIFIED, DONE, DONE, PRECISION_STAR, DONE, DONE},          \
    [WIDTH_STAR] = {DONE, WIDTH_STAR_DIGITS, DONE, MODIFIED, DONE, POINT, DONE, DONE, DONE},       \
    [PRECISION_STAR] =                                                                             \
        {DONE, PRECISION_STAR_DIGITS, DONE, MODIFIED, DONE, DONE, DONE, DONE, DONE},               \
    [PRECISION] = {DONE, DONE, DONE, MODIFIED, DONE, DONE, DONE, DONE, DONE},                      \
    [WIDTH_STAR_DIGITS] = {DONE, DONE, WIDTH, DONE, DONE, DONE, DONE, DONE, DONE},                 \
    [PRECISION_STAR_DIGITS] = {DONE, DONE, PRECISION, DONE, DONE, DONE, DONE, DONE, DONE}

const uint8_t __state_table[STATE_COUNT][CLASS_COUNT] = {
    [0 ... STATE_COUNT - 1] = {[0 ... OTHER] = DONE},
    [START] = {FLAGS, WIDTH_DIGITS, DONE, MODIFIED, DONE, POINT, WIDTH_STAR, FLAGS, DONE},
    BEHIND_START,
};

const uint8_t __coco_wide_state_table[STATE_COUNT][CLASS_COUNT] = {
    [0 ... STATE_COUNT - 1] = {[0 ... OTHER] = DONE},
    [START] = {[0 ... OTHER] = FLAGS}, // it is the '%'
    BEHIND_START,
};

const uint8_t __action_table[STATE_COUNT][CLASS_COUNT] = {
    [START] = {[DIGIT] = TAKE_NUMBER, [MODIFIER] = TAKE_MODIFIER, [SPEC] = TAKE_ARGUMENT},
    [FLAGS] = {[DIGIT] = TAKE_NUMBER, [MODIFIER] = TAKE_MODIFIER, [SPEC] = TAKE_ARGUMENT},
    [WIDTH_DIGITS] = {[DOLLAR] = SET_POSITION, [MODIFIER] = TAKE_MODIFIER, [SPEC] = TAKE_ARGUMENT},
    [WIDTH] = {[DIGIT] = SKIP_NUMBER, [MODIFIER] = TAKE_MODIFIER, [SPEC] = TAKE_ARGUMENT},
    [MODIFIED] = {[SPEC] = TAKE_ARGUMENT},
    [POINT] = {[DIGIT] = SKIP_NUMBER, [MODIFIER] = TAKE_MODIFIER, [SPEC] = TAKE_ARGUMENT},
    [WIDTH_STAR] =
        {[DIGIT] = TAKE_NUMBER, [MODIFIER] = TAKE_STAR, [SPEC] = TAKE_STAR_BACK, [DOT] = TAKE_STAR},
    [PRECISION_STAR] = {[DIGIT] = TAKE_NUMBER, [MODIFIER] = TAKE_STAR, [SPEC] = TAKE_STAR_BACK},
    [PRECISION] = {[MODIFIER] = TAKE_MODIFIER, [SPEC] = TAKE_ARGUMENT},
    [WIDTH_STAR_DIGITS] = {[DOLLAR] = SET_STAR_POSITION},
    [PRECISION_STAR_DIGITS] = {[DOLLAR] = SET_STAR_POSITION},
};

#pragma clang diagnostic pop
