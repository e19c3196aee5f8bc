# SPDX-License-Identifier: MIT
# The one set of warnings for all C code of this project, kernel, libc port and programs alike.
#
#   COCONUT_WARNING_FLAGS            the options, for those who need them as a list
#   coconut_warnings(TARGET ...)     apply them, as errors, to targets of this project

include_guard(GLOBAL)

set(COCONUT_WARNING_FLAGS
    -Wall
    -Wextra
    -Wshadow
    -Wstrict-prototypes
    -Wmissing-prototypes
    -Wmissing-declarations
    -Wundef
    -Wvla
    -Wimplicit-fallthrough
    -Wconversion
    -Werror)

function(coconut_warnings)
    foreach(target IN LISTS ARGN)
        foreach(option IN LISTS COCONUT_WARNING_FLAGS)
            target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:C>:${option}>)
        endforeach()
    endforeach()
endfunction()
