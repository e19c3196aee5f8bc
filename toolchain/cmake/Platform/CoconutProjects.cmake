# SPDX-License-Identifier: MIT
# Lets projects that were written for systems with shared libraries, or for building and testing on one
# and the same machine, build and test unchanged:
#
#  - add_library(x SHARED ...) makes a static library. If another static library of the project would
#    get the same file name, as is usual where a project builds both kinds, the former shared one is
#    written to a sub-folder `shared`. Windows resource scripts (*.rc) among the sources are left out;
#    nothing would compile them, yet CMake would insist that they exist.
#  - GoogleTest tells only its own sources, by an option of its build, that there are threads; who includes
#    its headers is told here, or they would differ about its classes. So are both of death tests.
#  - add_test() starts a program of the project through CMAKE_CROSSCOMPILING_EMULATOR also where CMake
#    itself does not: in its short form, and when the program is given by its path or by
#    $<TARGET_FILE:name>. Where a program of the host runs the test, a shell or a script of CMake's, what
#    is $<TARGET_FILE:name> there becomes a script that starts the program so.
#
# Both commands are redefined, once; CMake keeps the built-in ones under a leading underscore. The
# functions run under the policies of the project, whatever its age, since those decide what a target
# is like. So this file sets no policy and keeps to what all of them read alike: no IN_LIST, and no
# string in if() that could be taken for a variable's name.

if(NOT COMMAND _add_library)
    function(add_library)
        set(kind "")
        list(FIND ARGV IMPORTED imported)
        if("x${ARGV1}" MATCHES "^x(SHARED|STATIC)$" AND imported EQUAL -1)
            set(kind "${ARGV1}")
        endif()
        set(arguments "")
        set(index 0)
        while(index LESS ARGC)
            if(index EQUAL 1 AND NOT "x${kind}" STREQUAL "x")
                set(arguments "${arguments} STATIC")
            elseif(NOT "x${ARGV${index}}" MATCHES "[.]rc$")
                # Bracket arguments hand every byte on unchanged.
                set(arguments "${arguments} [==[${ARGV${index}}]==]")
            endif()
            math(EXPR index "${index} + 1")
        endwhile()
        cmake_language(EVAL CODE "_add_library(${arguments})")
        _coconut_tell_about_googletest("${ARGV0}")
        if("x${kind}" STREQUAL "x")
            return()
        endif()
        set_property(GLOBAL APPEND PROPERTY COCONUT_${kind}_LIBRARIES "${ARGV0}")
        get_property(scheduled GLOBAL PROPERTY COCONUT_SEPARATION_SCHEDULED)
        if("x${kind}" STREQUAL "xSHARED" AND NOT scheduled)
            set_property(GLOBAL PROPERTY COCONUT_SEPARATION_SCHEDULED TRUE)
            cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL _coconut_separate_archives)
        endif()
    endfunction()
endif()

function(_coconut_tell_about_googletest target)
    if("x${target}" MATCHES "^x(gtest|gmock)(_main)?$" AND DEFINED GTEST_HAS_PTHREAD)
        target_compile_definitions(${target} INTERFACE GTEST_HAS_PTHREAD=1)
        target_compile_definitions(${target} PUBLIC GTEST_HAS_DEATH_TEST=1)
    endif()
endfunction()

# The path a library's archive will have, without its suffix.
function(_coconut_archive_path target result)
    set(name "${target}")
    foreach(property OUTPUT_NAME ARCHIVE_OUTPUT_NAME)
        get_target_property(value ${target} ${property})
        if(value)
            set(name "${value}")
        endif()
    endforeach()
    get_target_property(folder ${target} ARCHIVE_OUTPUT_DIRECTORY)
    if(NOT folder)
        get_target_property(folder ${target} BINARY_DIR)
    endif()
    set(${result} "${folder}/${name}" PARENT_SCOPE)
endfunction()

function(_coconut_separate_archives)
    get_property(static_libraries GLOBAL PROPERTY COCONUT_STATIC_LIBRARIES)
    get_property(shared_libraries GLOBAL PROPERTY COCONUT_SHARED_LIBRARIES)
    set(taken "")
    foreach(target ${static_libraries})
        _coconut_archive_path(${target} path)
        list(APPEND taken "${path}")
    endforeach()
    foreach(target ${shared_libraries})
        _coconut_archive_path(${target} path)
        list(FIND taken "${path}" place)
        if(NOT place EQUAL -1)
            get_filename_component(folder "${path}" DIRECTORY)
            set_property(TARGET ${target} PROPERTY ARCHIVE_OUTPUT_DIRECTORY "${folder}/shared")
        endif()
    endforeach()
endfunction()

# Set result to the words that run `command` in a test: with the emulator ahead if it is the path of a
# program of this project, as text or generator expression, or, where is_name is true, its target's name.
function(_coconut_test_command command is_name result)
    set(${result} "${command}" PARENT_SCOPE)
    if("x${command}" MATCHES "^x[$]<TARGET_FILE:([^<>]+)>$")
        set(name "${CMAKE_MATCH_1}")
    else()
        get_filename_component(name "${command}" NAME)
    endif()
    if(NOT CMAKE_CROSSCOMPILING_EMULATOR OR NOT TARGET "${name}")
        return()
    endif()
    get_target_property(type "${name}" TYPE)
    get_target_property(imported "${name}" IMPORTED)
    if(imported OR NOT "x${type}" STREQUAL "xEXECUTABLE")
        return()
    endif()
    if("x${command}" MATCHES "/|<")
        set(${result} ${CMAKE_CROSSCOMPILING_EMULATOR} "${command}" PARENT_SCOPE)
    elseif(is_name)
        set(${result} ${CMAKE_CROSSCOMPILING_EMULATOR} "$<TARGET_FILE:${name}>" PARENT_SCOPE)
    endif()
endfunction()

# The name of the program of this project that `file`, $<TARGET_FILE:name>, stands for; else empty.
function(_coconut_program file result)
    set(${result} "" PARENT_SCOPE)
    _coconut_test_command("${file}" FALSE command)
    list(LENGTH command words)
    if(words GREATER 1 AND "x${file}" MATCHES "^x[$]<TARGET_FILE:([^<>]+)>$")
        set(${result} "${CMAKE_MATCH_1}" PARENT_SCOPE)
    endif()
endfunction()

# A script of the host's that runs a program of this project in the kernel, under the program's name.
function(_coconut_wrapper name result)
    set(wrapper "${CMAKE_BINARY_DIR}/CMakeFiles/coconut-run$<$<BOOL:$<CONFIG>>:-$<CONFIG>>/${name}")
    set(${result} "${wrapper}" PARENT_SCOPE)
    get_property(made GLOBAL PROPERTY "COCONUT_WRAPPER_${name}")
    if(NOT made)
        set_property(GLOBAL PROPERTY "COCONUT_WRAPPER_${name}" TRUE)
        list(JOIN CMAKE_CROSSCOMPILING_EMULATOR "' '" emulator)
        file(GENERATE OUTPUT "${wrapper}" CONTENT
             "#!/bin/sh\nexec '${emulator}' '$<TARGET_FILE:${name}>' \"$@\"\n" FILE_PERMISSIONS
             OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
    endif()
endfunction()

# _coconut_script_argument(ARGUMENT RESULT): what a program of the host gets that runs a test. A program that this project
# builds, $<TARGET_FILE:name> or -DNAME=$<TARGET_FILE:name>, is for it to start: it gets a script that does so in the
# kernel. -DNAME=PROGRAM ARGUMENTS is a command line.
function(_coconut_script_argument argument result)
    set(${result} "${argument}" PARENT_SCOPE)
    if(NOT CMAKE_CROSSCOMPILING_EMULATOR OR
       NOT "x${argument}" MATCHES "^x(-D[A-Za-z0-9_]+=)?([$]<TARGET_FILE:[^<>]+>)( .*)?$")
        return()
    endif()
    set(option "${CMAKE_MATCH_1}")
    set(file "${CMAKE_MATCH_2}")
    set(behind "${CMAKE_MATCH_3}")
    _coconut_program("${file}" name)
    if("x${name}" STREQUAL "x" OR ("x${option}" STREQUAL "x" AND NOT "x${behind}" STREQUAL "x"))
        return()
    endif()
    if("x${behind}" STREQUAL "x")
        _coconut_wrapper("${name}" wrapper)
        set(${result} "${option}${wrapper}" PARENT_SCOPE)
    else()
        list(JOIN CMAKE_CROSSCOMPILING_EMULATOR " " emulator)
        set(${result} "${option}${emulator} ${file}${behind}" PARENT_SCOPE)
    endif()
endfunction()

if(NOT COMMAND _add_test)
    function(add_test)
        set(short TRUE)
        if("x${ARGV0}" STREQUAL "xNAME")
            # The long form, in which CMake itself handles a target's name behind COMMAND.
            set(short FALSE)
        endif()
        set(arguments "")
        set(command_is_next FALSE)
        set(of_the_host FALSE) # the command is none of this project's programs
        # A test that names the emulator itself knows how to start a program.
        set(knows_emulator -1)
        if(CMAKE_CROSSCOMPILING_EMULATOR)
            list(GET CMAKE_CROSSCOMPILING_EMULATOR 0 emulator)
            string(FIND "${ARGV}" "${emulator}" knows_emulator)
        endif()
        set(index 0)
        while(index LESS ARGC)
            set(argument "${ARGV${index}}")
            if(short AND index EQUAL 0)
                set(arguments " NAME [==[${argument}]==] COMMAND")
                set(command_is_next TRUE)
            elseif(command_is_next)
                _coconut_test_command("${argument}" ${short} command)
                if("x${command}" STREQUAL "x${argument}" AND NOT TARGET "${argument}")
                    set(of_the_host TRUE)
                endif()
                foreach(word ${command})
                    set(arguments "${arguments} [==[${word}]==]")
                endforeach()
                set(command_is_next FALSE)
            elseif(short AND "x${argument}" MATCHES "^x[A-Z_]+$")
                # The short form has no keywords: whatever looks like one is the program's.
                set(arguments "${arguments} $<1:${argument}>")
            else()
                set(word "${argument}")
                if(of_the_host AND knows_emulator EQUAL -1)
                    _coconut_script_argument("${argument}" word)
                endif()
                set(arguments "${arguments} [==[${word}]==]")
                if(NOT short AND "x${argument}" STREQUAL "xCOMMAND")
                    set(command_is_next TRUE)
                endif()
            endif()
            math(EXPR index "${index} + 1")
        endwhile()
        cmake_language(EVAL CODE "_add_test(${arguments})")
    endfunction()
endif()
