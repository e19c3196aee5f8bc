# SPDX-License-Identifier: MIT
# find_package(Coconut): helpers for programs of the COCONUT platform. Needs the toolchain file.
#
#   coconut_add_program(NAME SOURCES file... [LIBRARIES library...])
#       An executable with a map file beside it and, after linking, a stripped copy NAME.stripped. The
#       copy keeps its section table, which the platform's loader asks for in fixed-address programs.

if(NOT CMAKE_SYSTEM_NAME STREQUAL "Coconut")
    set(Coconut_FOUND FALSE)
    set(Coconut_NOT_FOUND_MESSAGE "the project is not configured with coconut.cmake "
        "(-DCMAKE_TOOLCHAIN_FILE=<sdk>/toolchain/coconut.cmake)")
    return()
endif()

get_filename_component(COCONUT_SDK "${CMAKE_CURRENT_LIST_DIR}/../../.." REALPATH)
set(COCONUT_COMMAND "${COCONUT_SDK}/bin/coconut")
set(Coconut_FOUND TRUE)

if(COMMAND coconut_add_program)
    return()
endif()

function(coconut_add_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
    if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "coconut_add_program(${name}): expected SOURCES file... "
                            "[LIBRARIES library...]")
    endif()
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE ${arg_LIBRARIES})
    target_link_options(${name} PRIVATE "LINKER:-Map,$<TARGET_FILE:${name}>.map,--gc-sections")
    add_custom_command(
        TARGET ${name}
        POST_BUILD
        COMMAND "${CMAKE_STRIP}" --strip-debug -o "$<TARGET_FILE:${name}>.stripped"
                "$<TARGET_FILE:${name}>"
        VERBATIM)
endfunction()
