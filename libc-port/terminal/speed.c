// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

static bool known(speed_t speed)
{
    static const speed_t speeds[] = {
        B0,       B50,      B75,      B110,     B134,     B150,     B200,     B300,
        B600,     B1200,    B1800,    B2400,    B4800,    B9600,    B19200,   B38400,
        B57600,   B115200,  B230400,  B460800,  B500000,  B576000,  B921600,  B1000000,
        B1152000, B1500000, B2000000, B2500000, B3000000, B3500000, B4000000,
    };
    for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
        if (speeds[i] == speed) {
            return true;
        }
    }
    errno = EINVAL;
    return false;
}

speed_t cfgetispeed(const struct termios *termios)
{
    return termios->__c_ispeed;
}

speed_t cfgetospeed(const struct termios *termios)
{
    return termios->__c_ospeed;
}

int cfsetispeed(struct termios *termios, speed_t speed)
{
    if (!known(speed)) {
        return -1;
    }
    termios->__c_ispeed = speed;
    return 0;
}

int cfsetospeed(struct termios *termios, speed_t speed)
{
    if (!known(speed)) {
        return -1;
    }
    termios->__c_ospeed = speed;
    return 0;
}

int cfsetspeed(struct termios *termios, speed_t speed)
{
    return cfsetispeed(termios, speed) != 0 ? -1 : cfsetospeed(termios, speed);
}

void cfmakeraw(struct termios *termios)
{
    termios->c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    termios->c_oflag &= ~OPOST;
    termios->c_lflag &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    termios->c_cflag &= ~(CSIZE | PARENB);
    termios->c_cflag |= CS8;
    termios->c_cc[VMIN] = 1;
    termios->c_cc[VTIME] = 0;
}
