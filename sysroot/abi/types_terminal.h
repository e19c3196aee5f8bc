// SPDX-License-Identifier: MIT
// The part of types.h, which includes it, about terminals. The values of modes and indexes are also
// those of <termios.h>, so that `struct termios` is this structure.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define COCO_TERMINAL_CANON_MAX 1024u /* bytes of a line that is being edited, its end included */
#define COCO_TERMINAL_INPUT_MAX 4096u /* bytes of input that wait to be read */
#define COCO_TERMINAL_PSEUDO_MAX 64u  /* pseudo terminals at a time */

/* coco_terminal.input */
#define COCO_TERMINAL_BRKINT 0x0001u
#define COCO_TERMINAL_ICRNL 0x0002u
#define COCO_TERMINAL_IGNBRK 0x0004u
#define COCO_TERMINAL_IGNCR 0x0008u
#define COCO_TERMINAL_IGNPAR 0x0010u
#define COCO_TERMINAL_INLCR 0x0020u
#define COCO_TERMINAL_INPCK 0x0040u
#define COCO_TERMINAL_ISTRIP 0x0080u
#define COCO_TERMINAL_IXANY 0x0100u
#define COCO_TERMINAL_IXOFF 0x0200u
#define COCO_TERMINAL_IXON 0x0400u
#define COCO_TERMINAL_PARMRK 0x0800u
#define COCO_TERMINAL_IUTF8 0x1000u /* characters that are erased are UTF-8 */
#define COCO_TERMINAL_INPUT_MASK 0x1fffu

/* coco_terminal.output; those for delays are only kept */
#define COCO_TERMINAL_OPOST 0x0001u
#define COCO_TERMINAL_ONLCR 0x0002u
#define COCO_TERMINAL_OCRNL 0x0004u
#define COCO_TERMINAL_ONOCR 0x0008u
#define COCO_TERMINAL_ONLRET 0x0010u
#define COCO_TERMINAL_TABS 0x1800u /* a field: */
#define COCO_TERMINAL_TAB3 0x1800u /* blanks for tabulators */
#define COCO_TERMINAL_OUTPUT_MASK 0xff7fu

/* coco_terminal.control; only CREAD means something */
#define COCO_TERMINAL_CS8 0x0003u
#define COCO_TERMINAL_CREAD 0x0008u
#define COCO_TERMINAL_CLOCAL 0x0080u
#define COCO_TERMINAL_CONTROL_MASK 0x00ffu

/* coco_terminal.local */
#define COCO_TERMINAL_ECHO 0x0001u
#define COCO_TERMINAL_ECHOE 0x0002u
#define COCO_TERMINAL_ECHOK 0x0004u
#define COCO_TERMINAL_ECHONL 0x0008u
#define COCO_TERMINAL_ICANON 0x0010u
#define COCO_TERMINAL_IEXTEN 0x0020u
#define COCO_TERMINAL_ISIG 0x0040u
#define COCO_TERMINAL_NOFLSH 0x0080u
#define COCO_TERMINAL_TOSTOP 0x0100u
#define COCO_TERMINAL_ECHOCTL 0x0200u /* control characters are echoed as ^X */
#define COCO_TERMINAL_ECHOKE 0x0400u  /* KILL wipes the line out */
#define COCO_TERMINAL_LOCAL_MASK 0x07ffu

/* coco_terminal.characters; one that is COCO_TERMINAL_DISABLED is no special character */
#define COCO_TERMINAL_VEOF 0u
#define COCO_TERMINAL_VEOL 1u
#define COCO_TERMINAL_VERASE 2u
#define COCO_TERMINAL_VINTR 3u
#define COCO_TERMINAL_VKILL 4u
#define COCO_TERMINAL_VMIN 5u
#define COCO_TERMINAL_VQUIT 6u
#define COCO_TERMINAL_VSTART 7u
#define COCO_TERMINAL_VSTOP 8u
#define COCO_TERMINAL_VSUSP 9u
#define COCO_TERMINAL_VTIME 10u
#define COCO_TERMINAL_VREPRINT 11u
#define COCO_TERMINAL_VWERASE 12u
#define COCO_TERMINAL_VLNEXT 13u
#define COCO_TERMINAL_DISABLED 0u

/// Argument of `terminal_get` and `terminal_set`.
struct coco_terminal {
    uint32_t input;
    uint32_t output;
    uint32_t control;
    uint32_t local;
    uint8_t characters[20];
    uint32_t input_speed; /* bits a second; only kept */
    uint32_t output_speed;
};

/// Argument of `terminal_window_get` and `terminal_window_set`.
struct coco_window {
    uint16_t rows; /* 0: unknown */
    uint16_t columns;
    uint16_t width; /* pixels; 0: unknown */
    uint16_t height;
};

/* coco_terminal_info.kind */
#define COCO_TERMINAL_CONSOLE 0u /* at the other end is who started the machine */
#define COCO_TERMINAL_PSEUDO 1u  /* at the other end is a master */
#define COCO_TERMINAL_MASTER 2u  /* the handle names a master */

/// Result of `terminal_info`.
struct coco_terminal_info {
    uint32_t kind;       /* COCO_TERMINAL_CONSOLE, PSEUDO, MASTER */
    uint32_t number;     /* n of /dev/pts/n */
    uint64_t session;    /* whose controlling terminal it is, 0 for none */
    uint64_t foreground; /* the group in the foreground, 0 without a session */
    uint32_t readable;   /* bytes that a read would get now */
    uint32_t unsent;     /* bytes of output that the other end has not taken */
};

/* terminal_set: when */
#define COCO_TERMINAL_NOW 0u
#define COCO_TERMINAL_DRAIN 1u /* when all output was sent */
#define COCO_TERMINAL_FLUSH 2u /* then, and input that nobody read is dropped */

/* terminal_do */
#define COCO_TERMINAL_FLUSH_INPUT 0u  /* drop what nobody read */
#define COCO_TERMINAL_FLUSH_OUTPUT 1u /* drop what was not sent */
#define COCO_TERMINAL_FLUSH_BOTH 2u
#define COCO_TERMINAL_OUTPUT_OFF 3u /* hold output */
#define COCO_TERMINAL_OUTPUT_ON 4u
#define COCO_TERMINAL_INPUT_OFF 5u /* send the STOP character */
#define COCO_TERMINAL_INPUT_ON 6u  /* send the START character */
#define COCO_TERMINAL_WAIT 7u      /* until all output was sent */
#define COCO_TERMINAL_BREAK 8u     /* nothing: there is no line that could break */

/* terminal_control */
#define COCO_TERMINAL_RELEASE 0x1u /* give it up */
#define COCO_TERMINAL_CONTROL_FLAGS 0x1u

COCO_STATIC_ASSERT(sizeof(struct coco_terminal) == 44, "coco_terminal has a fixed size");
COCO_STATIC_ASSERT(sizeof(struct coco_terminal_info) == 32, "coco_terminal_info has a fixed size");

#ifdef __cplusplus
}
#endif
