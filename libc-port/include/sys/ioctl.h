// SPDX-License-Identifier: MIT
// Requests to descriptors, as programs from other systems know them.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

#define FIONREAD 0x6601   /* int *: bytes that can be read at once */
#define FIONBIO 0x6602    /* const int *: whether O_NONBLOCK is to be set */
#define FIOCLEX 0x6603    /* set FD_CLOEXEC */
#define FIONCLEX 0x6604   /* clear it */
#define TIOCGWINSZ 0x7401 /* struct winsize * of <termios.h>: tcgetwinsize() */
#define TIOCSWINSZ 0x7402 /* tcsetwinsize() */
#define TIOCGPGRP 0x7403  /* pid_t *: tcgetpgrp() */
#define TIOCSPGRP 0x7404  /* const pid_t *: tcsetpgrp() */
#define TIOCGSID 0x7405   /* pid_t *: tcgetsid() */
#define TIOCSCTTY 0x7406  /* let it be the controlling terminal of the caller's session */
#define TIOCNOTTY 0x7407  /* give it up as such */
#define TIOCOUTQ 0x7408   /* int *: bytes of output that were not sent yet */

/// 0, or -1 with errno: EBADF; ENOTTY: the object does not know the request; EINVAL, EFAULT.
int ioctl(int __fd, unsigned long __request, ...);

#ifdef __cplusplus
}
#endif
