// SPDX-License-Identifier: MIT
// Operations of every kind of object, by tag, and of every kind of special node, in read-only
// memory.
#include <dev/host_port.h>
#include <dev/stream.h>
#include <fs/fs.h>
#include <fs/log.h>
#include <fs/special.h>
#include <ipc/channel.h>
#include <ipc/event.h>
#include <ipc/fifo.h>
#include <ipc/memory.h>
#include <ipc/mqueue.h>
#include <ipc/pipe.h>
#include <ipc/socket.h>
#include <object/object.h>
#include <syscall/system.h>
#include <task/pressure.h>
#include <task/process.h>
#include <task/thread.h>
#include <task/timer.h>
#include <tty/terminal.h>

const struct object_ops *const object_ops[COCO_OBJECT_COUNT] = {
    [COCO_OBJECT_LOG] = &log_object_ops,
    [COCO_OBJECT_FILE] = &file_object_ops,
    [COCO_OBJECT_DIR] = &dir_object_ops,
    [COCO_OBJECT_STREAM] = &stream_object_ops,
    [COCO_OBJECT_PROCESS] = &process_object_ops,
    [COCO_OBJECT_THREAD] = &thread_object_ops,
    [COCO_OBJECT_SYSTEM] = &system_object_ops,
    [COCO_OBJECT_PIPE] = &pipe_object_ops,
    [COCO_OBJECT_SOCKET] = &socket_object_ops,
    [COCO_OBJECT_MQUEUE] = &mqueue_object_ops,
    [COCO_OBJECT_CHANNEL] = &channel_object_ops,
    [COCO_OBJECT_CONNECTION] = &connection_object_ops,
    [COCO_OBJECT_EVENT] = &event_object_ops,
    [COCO_OBJECT_TIMER] = &timer_object_ops,
    [COCO_OBJECT_TTY] = &terminal_object_ops,
    [COCO_OBJECT_MEMORY] = &memory_object_ops,
    [COCO_OBJECT_PRESSURE] = &pressure_object_ops,
    [COCO_OBJECT_LOG_READER] = &log_reader_object_ops,
};

const struct special_ops *const special_ops[SPECIAL_KIND_COUNT] = {
    [SPECIAL_FIFO] = &fifo_special_ops,     [SPECIAL_SOCKET] = &socket_special_ops,
    [SPECIAL_MQUEUE] = &mqueue_special_ops, [SPECIAL_CONSOLE] = &console_special_ops,
    [SPECIAL_PTMX] = &ptmx_special_ops,     [SPECIAL_PSEUDO] = &pseudo_special_ops,
    [SPECIAL_TTY] = &tty_special_ops,       [SPECIAL_HOST_PORT] = &host_port_special_ops,
};
