// SPDX-License-Identifier: MIT
// Terminals: the console and pseudo terminals. Speeds, sizes of characters, parity and delays are
// kept and mean nothing.
#pragma once

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned char cc_t;
typedef unsigned int speed_t;
typedef unsigned int tcflag_t;

#define NCCS 20

struct termios {
    tcflag_t c_iflag;
    tcflag_t c_oflag;
    tcflag_t c_cflag;
    tcflag_t c_lflag;
    cc_t c_cc[NCCS];
    speed_t __c_ispeed;
    speed_t __c_ospeed;
};

struct winsize {
    unsigned short ws_row;
    unsigned short ws_col;
    unsigned short __ws_width;
    unsigned short __ws_height;
};

/* c_cc */
#define VEOF 0
#define VEOL 1
#define VERASE 2
#define VINTR 3
#define VKILL 4
#define VMIN 5
#define VQUIT 6
#define VSTART 7
#define VSTOP 8
#define VSUSP 9
#define VTIME 10
#define VREPRINT 11 /* these with IEXTEN: show the line again */
#define VWERASE 12  /* erase a word */
#define VLNEXT 13   /* the next character is an ordinary one */

/* c_iflag */
#define BRKINT 0x0001u
#define ICRNL 0x0002u
#define IGNBRK 0x0004u
#define IGNCR 0x0008u
#define IGNPAR 0x0010u
#define INLCR 0x0020u
#define INPCK 0x0040u
#define ISTRIP 0x0080u
#define IXANY 0x0100u
#define IXOFF 0x0200u
#define IXON 0x0400u
#define PARMRK 0x0800u
#define IUTF8 0x1000u /* what ERASE takes away is UTF-8 */

/* c_oflag */
#define OPOST 0x0001u
#define ONLCR 0x0002u
#define OCRNL 0x0004u
#define ONOCR 0x0008u
#define ONLRET 0x0010u
#define OFDEL 0x0020u
#define OFILL 0x0040u
#define NLDLY 0x0100u
#define NL0 0x0000u
#define NL1 0x0100u
#define CRDLY 0x0600u
#define CR0 0x0000u
#define CR1 0x0200u
#define CR2 0x0400u
#define CR3 0x0600u
#define TABDLY 0x1800u
#define TAB0 0x0000u
#define TAB1 0x0800u
#define TAB2 0x1000u
#define TAB3 0x1800u
#define BSDLY 0x2000u
#define BS0 0x0000u
#define BS1 0x2000u
#define VTDLY 0x4000u
#define VT0 0x0000u
#define VT1 0x4000u
#define FFDLY 0x8000u
#define FF0 0x0000u
#define FF1 0x8000u

/* c_cflag */
#define CSIZE 0x0003u
#define CS5 0x0000u
#define CS6 0x0001u
#define CS7 0x0002u
#define CS8 0x0003u
#define CSTOPB 0x0004u
#define CREAD 0x0008u
#define PARENB 0x0010u
#define PARODD 0x0020u
#define HUPCL 0x0040u
#define CLOCAL 0x0080u

/* c_lflag */
#define ECHO 0x0001u
#define ECHOE 0x0002u
#define ECHOK 0x0004u
#define ECHONL 0x0008u
#define ICANON 0x0010u
#define IEXTEN 0x0020u
#define ISIG 0x0040u
#define NOFLSH 0x0080u
#define TOSTOP 0x0100u
#if defined(_GNU_SOURCE) || defined(_DEFAULT_SOURCE) || defined(_BSD_SOURCE)
#define ECHOCTL 0x0200u /* control characters are shown as ^X */
#define ECHOKE 0x0400u  /* KILL wipes the line out */
#endif

/* speeds: bits a second */
#define B0 0u
#define B50 50u
#define B75 75u
#define B110 110u
#define B134 134u
#define B150 150u
#define B200 200u
#define B300 300u
#define B600 600u
#define B1200 1200u
#define B1800 1800u
#define B2400 2400u
#define B4800 4800u
#define B9600 9600u
#define B19200 19200u
#define B38400 38400u
#define B57600 57600u
#define B115200 115200u
#define B230400 230400u
#define B460800 460800u
#define B500000 500000u
#define B576000 576000u
#define B921600 921600u
#define B1000000 1000000u
#define B1152000 1152000u
#define B1500000 1500000u
#define B2000000 2000000u
#define B2500000 2500000u
#define B3000000 3000000u
#define B3500000 3500000u
#define B4000000 4000000u

#define TCSANOW 0
#define TCSADRAIN 1
#define TCSAFLUSH 2

#define TCIFLUSH 0
#define TCOFLUSH 1
#define TCIOFLUSH 2

#define TCOOFF 0
#define TCOON 1
#define TCIOFF 2
#define TCION 3

/* On the structure; thread-safe. A speed that is none of the above is EINVAL. */
speed_t cfgetispeed(const struct termios *__termios);
speed_t cfgetospeed(const struct termios *__termios);
int cfsetispeed(struct termios *__termios, speed_t __speed);
int cfsetospeed(struct termios *__termios, speed_t __speed);

/* With a descriptor: 0, or -1 with errno. */
int tcgetattr(int __fd, struct termios *__termios);
int tcsetattr(int __fd, int __when, const struct termios *__termios);
int tcgetwinsize(int __fd, struct winsize *__size);
int tcsetwinsize(int __fd, const struct winsize *__size);
int tcsendbreak(int __fd, int __duration);
int tcdrain(int __fd);
int tcflush(int __fd, int __queue);
int tcflow(int __fd, int __action);
pid_t tcgetsid(int __fd);

#if defined(_GNU_SOURCE) || defined(_DEFAULT_SOURCE) || defined(_BSD_SOURCE)
/// Input and output unprocessed, byte by byte, 8 bits.
void cfmakeraw(struct termios *__termios);
int cfsetspeed(struct termios *__termios, speed_t __speed);
#endif

#ifdef __cplusplus
}
#endif
