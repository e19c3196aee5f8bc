// SPDX-License-Identifier: MIT
// Names of sysconf() that few programs ask for.
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include <coconut/types.h>

#include "../private/sysconf.h"
#include "sysconf_options.h"

#define RECORD_MAX 256 /* bytes of strings of a user or group */

// Answers that do not depend on the machine. A negative one: known, but not supported, or without a
// limit. Options are what <unistd.h> says of them.
static const struct {
    int name;
    int value;
} constants[] = {
    {_SC_STREAM_MAX, STREAM_MAX},
    {_SC_DELAYTIMER_MAX, INT_MAX},
    {_SC_TIMER_MAX, COCO_TIMER_MAX},
    {_SC_TZNAME_MAX, TZNAME_MAX},
    {_SC_RTSIG_MAX, SIGRTMAX - SIGRTMIN + 1},
    {_SC_GETGR_R_SIZE_MAX, RECORD_MAX},
    {_SC_GETPW_R_SIZE_MAX, RECORD_MAX},
    {_SC_BC_BASE_MAX, BC_BASE_MAX},
    {_SC_BC_DIM_MAX, BC_DIM_MAX},
    {_SC_BC_SCALE_MAX, BC_SCALE_MAX},
    {_SC_BC_STRING_MAX, BC_STRING_MAX},
    {_SC_COLL_WEIGHTS_MAX, COLL_WEIGHTS_MAX},
    {_SC_EXPR_NEST_MAX, EXPR_NEST_MAX},
    {_SC_2_C_BIND, _POSIX_VERSION},
    {_SC_2_VERSION, _POSIX_VERSION},
    {_SC_V7_LP64_OFF64, 1},
    {_SC_V7_LPBIG_OFFBIG, 1},
    {_SC_V7_ILP32_OFF32, -1},
    {_SC_V7_ILP32_OFFBIG, -1},
    {_SC_ADVISORY_INFO, OPTION_ADVISORY_INFO},
    {_SC_IPV6, OPTION_IPV6},
    {_SC_PRIORITY_SCHEDULING, OPTION_PRIORITY_SCHEDULING},
    {_SC_RAW_SOCKETS, OPTION_RAW_SOCKETS},
    {_SC_SPORADIC_SERVER, OPTION_SPORADIC_SERVER},
    {_SC_THREAD_ROBUST_PRIO_INHERIT, OPTION_THREAD_ROBUST_PRIO_INHERIT},
    {_SC_THREAD_ROBUST_PRIO_PROTECT, OPTION_THREAD_ROBUST_PRIO_PROTECT},
    {_SC_THREAD_SPORADIC_SERVER, OPTION_THREAD_SPORADIC_SERVER},
    {_SC_TIMEOUTS, OPTION_TIMEOUTS},
    {_SC_TYPED_MEMORY_OBJECTS, OPTION_TYPED_MEMORY_OBJECTS},
};

// Known, and neither supported nor limited.
static const short none[] = {
    _SC_2_C_DEV,
    _SC_2_CHAR_TERM,
    _SC_2_FORT_DEV,
    _SC_2_FORT_RUN,
    _SC_2_LOCALEDEF,
    _SC_2_PBS,
    _SC_2_PBS_ACCOUNTING,
    _SC_2_PBS_CHECKPOINT,
    _SC_2_PBS_LOCATE,
    _SC_2_PBS_MESSAGE,
    _SC_2_PBS_TRACK,
    _SC_2_SW_DEV,
    _SC_2_UPE,
    _SC_TRACE,
    _SC_TRACE_EVENT_FILTER,
    _SC_TRACE_INHERIT,
    _SC_TRACE_LOG,
    _SC_XOPEN_CRYPT,
    _SC_XOPEN_ENH_I18N,
    _SC_XOPEN_LEGACY,
    _SC_XOPEN_REALTIME,
    _SC_XOPEN_REALTIME_THREADS,
    _SC_XOPEN_SHM,
    _SC_XOPEN_STREAMS,
    _SC_XOPEN_UNIX,
    _SC_XOPEN_UUCP,
    _SC_XOPEN_VERSION,
    _SC_AIO_LISTIO_MAX,
    _SC_AIO_MAX,
    _SC_AIO_PRIO_DELTA_MAX,
    _SC_MQ_OPEN_MAX,
    _SC_MQ_PRIO_MAX,
    _SC_SEM_NSEMS_MAX,
    _SC_SIGQUEUE_MAX,
    _SC_SS_REPL_MAX,
    _SC_TRACE_EVENT_NAME_MAX,
    _SC_TRACE_NAME_MAX,
    _SC_TRACE_SYS_MAX,
    _SC_TRACE_USER_EVENT_MAX,
};

long __coco_sysconf_more(int name)
{
    for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
        if (constants[i].name == name) {
            return constants[i].value;
        }
    }
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        if (none[i] == name) {
            return -1;
        }
    }
    errno = EINVAL;
    return -1;
}
