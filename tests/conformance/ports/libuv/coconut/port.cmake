# SPDX-License-Identifier: MIT
# Read by CMake at libuv's project(): what each platform of libuv has there, namely which of its sources are taken, the
# one with what only this platform can answer, and where its headers differ; and a program that runs the tests.
set(COCONUT_PORT_DIR "${CMAKE_CURRENT_LIST_DIR}")
#: Programs stand in a folder of their own, which goes along into the machine.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/work")

function(coconut_port_libraries)
    foreach(library uv uv_a)
        target_sources(${library} PRIVATE
                       src/unix/no-fsevents.c src/unix/no-proctitle.c src/unix/posix-hrtime.c src/unix/posix-poll.c
                       "${COCONUT_PORT_DIR}/platform.c")
        # libuv asks for systems, not for what they have. statvfs(), times of files in nanoseconds, no more in struct
        # rusage than POSIX has: so it knows Haiku, whose one more signal is none here. No multicast from chosen sources:
        # GNU.
        target_compile_definitions(${library} PRIVATE __HAIKU__ SIGKILLTHR=SIGKILL __GNU__ _GNU_SOURCE)
        target_include_directories(${library} BEFORE PRIVATE "${COCONUT_PORT_DIR}/include")
        # The loop's data of systems with nothing but poll(), which users of the library must see alike.
        target_compile_options(${library} INTERFACE "SHELL:-include uv/posix.h")
    endforeach()
    foreach(file libuv.pc libuv-static.pc)
        file(READ "${CMAKE_CURRENT_BINARY_DIR}/${file}" text)
        string(REPLACE "Cflags:" "Cflags: -include uv/posix.h" text "${text}")
        file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/${file}" "${text}")
    endforeach()
endfunction()

function(coconut_port_tests)
    add_custom_target(coconut-port DEPENDS uv_a)
    if(LIBUV_BUILD_TESTS)
        add_executable(uv_run_listed "${COCONUT_PORT_DIR}/tests.c")
        add_dependencies(coconut-port uv_run_listed uv_run_tests_a)
    else()
        add_dependencies(coconut-port uv)
    endif()
endfunction()

if(CMAKE_SYSTEM_NAME STREQUAL "Coconut")
    cmake_language(DEFER CALL coconut_port_libraries)
endif()
cmake_language(DEFER CALL coconut_port_tests)
