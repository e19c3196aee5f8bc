# SPDX-License-Identifier: MIT
# cmake -DLIBRARIES=folder -DBUILD=folder -P: remove what was linked in a build folder if the libraries
# of the sysroot have changed since. CMake does not know that every program depends on them.

file(GLOB libraries "${LIBRARIES}/*.a" "${LIBRARIES}/*.o")
set(state "")
foreach(library IN LISTS libraries)
    file(SHA256 "${library}" hash)
    string(APPEND state "${hash} ${library}\n")
endforeach()

set(stamp "${BUILD}/.sysroot-libraries")
set(previous "")
if(EXISTS "${stamp}")
    file(READ "${stamp}" previous)
endif()
if(previous STREQUAL state)
    return()
endif()
if(previous)
    execute_process(COMMAND "${CMAKE_COMMAND}" --build "${BUILD}" --target clean
                    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endif()
file(WRITE "${stamp}" "${state}")
