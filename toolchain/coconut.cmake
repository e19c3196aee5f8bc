# SPDX-License-Identifier: MIT
# CMake toolchain file for programs that run on the COCONUT platform:
#
#   cmake -DCMAKE_TOOLCHAIN_FILE=<sdk>/toolchain/coconut.cmake ...
#
# Everything is found from this file's own place, so the SDK can be moved. Used from the source tree,
# it takes the SDK that ./coconut build made.

if(NOT DEFINED COCONUT_SDK OR NOT EXISTS "${COCONUT_SDK}/etc/x86_64-unknown-coconut-clang.cfg")
    get_filename_component(COCONUT_SDK "${CMAKE_CURRENT_LIST_DIR}/.." REALPATH)
    if(NOT EXISTS "${COCONUT_SDK}/etc/x86_64-unknown-coconut-clang.cfg")
        string(APPEND COCONUT_SDK "/build/sdk")
    endif()
    if(NOT EXISTS "${COCONUT_SDK}/etc/x86_64-unknown-coconut-clang.cfg")
        message(FATAL_ERROR "coconut.cmake: no SDK at ${COCONUT_SDK}; run ./coconut build")
    endif()
endif()

list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES COCONUT_SDK)

set(CMAKE_SYSTEM_NAME Coconut)
set(CMAKE_SYSTEM_VERSION 1)
set(CMAKE_SYSTEM_PROCESSOR x86_64)

set(_coconut_prefix "${COCONUT_SDK}/bin/x86_64-unknown-coconut-")
set(CMAKE_C_COMPILER "${_coconut_prefix}clang")
set(CMAKE_CXX_COMPILER "${_coconut_prefix}clang++")
set(CMAKE_ASM_COMPILER "${_coconut_prefix}clang")
set(CMAKE_LINKER "${_coconut_prefix}ld" CACHE FILEPATH "Linker")
foreach(_coconut_tool AR RANLIB NM STRIP OBJCOPY OBJDUMP READELF)
    string(TOLOWER "${_coconut_tool}" _coconut_file)
    set(CMAKE_${_coconut_tool} "${_coconut_prefix}${_coconut_file}" CACHE FILEPATH "Tool")
endforeach()
foreach(_coconut_language C CXX ASM)
    set(CMAKE_${_coconut_language}_COMPILER_AR "${CMAKE_AR}" CACHE FILEPATH "Tool")
    set(CMAKE_${_coconut_language}_COMPILER_RANLIB "${CMAKE_RANLIB}" CACHE FILEPATH "Tool")
endforeach()

set(CMAKE_SYSROOT "${COCONUT_SDK}/sysroot")

# Libraries, headers and packages come from the sysroot and from prefixes the user names; programs that
# the build runs come from the host.
# A prefix that is no root would be looked for below the sysroot; so each becomes one, however the user named it.
file(TO_CMAKE_PATH "$ENV{CMAKE_PREFIX_PATH}" _coconut_prefixes)
list(APPEND _coconut_prefixes ${CMAKE_PREFIX_PATH} ${CMAKE_STAGING_PREFIX} ${CMAKE_FIND_ROOT_PATH})
get_property(_coconut_names DIRECTORY PROPERTY CACHE_VARIABLES)
foreach(_coconut_name IN LISTS _coconut_names)
    if(_coconut_name MATCHES "_ROOT$" AND IS_ABSOLUTE "${${_coconut_name}}")
        list(APPEND _coconut_prefixes "${${_coconut_name}}")
    endif()
endforeach()
set(CMAKE_FIND_ROOT_PATH "${CMAKE_SYSROOT}" ${_coconut_prefixes})
list(REMOVE_DUPLICATES CMAKE_FIND_ROOT_PATH)
list(REMOVE_ITEM CMAKE_FIND_ROOT_PATH "/" "/usr" "/usr/local") # the host's own
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
list(APPEND CMAKE_FIND_ROOT_PATH "${COCONUT_SDK}")
list(APPEND CMAKE_PREFIX_PATH "${COCONUT_SDK}")
# Folders of the user's stay in PKG_CONFIG_PATH, the host's own do not (sdk/configure/pkg-config-path.sh has
# the same rule).
set(_coconut_folders "")
string(REPLACE ":" ";" _coconut_given "$ENV{PKG_CONFIG_PATH}")
foreach(_coconut_name IN LISTS _coconut_given)
    get_filename_component(_coconut_name "${_coconut_name}" REALPATH)
    if(NOT _coconut_name MATCHES "^(/usr(/local)?)?/(lib[0-9x]*(/[^/]+)?|share)/pkgconfig$")
        list(APPEND _coconut_folders "${_coconut_name}")
    endif()
endforeach()
list(JOIN _coconut_folders ":" _coconut_folders)
set(ENV{PKG_CONFIG_PATH} "${_coconut_folders}")
set(ENV{PKG_CONFIG_LIBDIR} "${CMAKE_SYSROOT}/usr/lib/pkgconfig")
# Not the sysroot: pkg-config would put it before the paths of what stands in the user's prefixes, too.
set(ENV{PKG_CONFIG_SYSROOT_DIR} "")
# Libraries are static, so what they need themselves is to be linked, too.
set(PKG_CONFIG_ARGN "--static" CACHE STRING "Arguments to supply to pkg-config")

# try_run() and ctest start programs in the kernel.
set(CMAKE_CROSSCOMPILING_EMULATOR "${COCONUT_SDK}/bin/coconut;run")

list(PREPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}/cmake")
