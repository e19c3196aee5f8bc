// SPDX-License-Identifier: MIT
// Shared between the files of the host ports, and with device.c.
#pragma once

#include "console_control.h"
#include "receive.h"
#include "transmit.h"
#include <dev/host_port.h>

struct host_port {
    uint32_t id; /* the device's number for it */
    struct transmitter tx;
    struct receiver rx;
    struct vfs_node *node; /* in the tree for good; NULL: not there yet */
    uint32_t opened;       /* atomic; 1: some program has it open */
    /* Guarded by the lock of port_device.c. */
    bool added;
    char name[HOST_PORT_NAME_MAX + 1]; /* "": not named yet */
    bool connected;                    /* somebody is there on the host's side */
    bool ended;                        /* a connection has ended, and no read has told so */
    bool end_first;     /* another one has begun meanwhile: bytes not begun yet are its own */
    uint16_t end_index; /* otherwise: of the used ring when it did; what is before came earlier */
};

/// Starts the driver on a console with several ports; the device is copied. Waits a short time for
/// the device to name its ports, and makes their files. ERR_NOMEM, ERR_IO.
enum status port_device_start(const struct virtio_device *device) __must_check;

/// The device has interrupted.
void port_device_interrupt(void);

/// Makes the set-up of port_device_start() up to the point where the device runs. For tests.
enum status port_device_prepare(const struct virtio_device *device) __must_check;

/// Port number `n` (0 .. HOST_PORT_MAX - 1); NULL: the device has no such.
struct host_port *port_device_port(unsigned n);

/// Tells the device that a program has opened the port, or closed it. Never waits: a device that
/// does not take its messages does not learn it.
void port_device_tell_open(struct host_port *port, bool open);

/// Forgets that a connection ended; true if one had and all that came before was read. `reader` of
/// the port is held.
bool port_device_take_end(struct host_port *port) __must_check;

/// The same without forgetting.
bool port_device_at_end(struct host_port *port) __must_check;

/// Takes in what the device has said so far. To be called when a buffer was taken, so that what was
/// said before it came is known before it is read.
void port_device_listen(void);

/// Whether somebody is connected on the host's side, and no end is left to be told: what is written
/// reaches the one whose bytes were read.
bool port_device_connected(const struct host_port *port) __must_check;

/// host_port.c: makes the file of a port. ERR_NOMEM, ERR_EXIST.
enum status host_port_publish(struct host_port *port) __must_check;
