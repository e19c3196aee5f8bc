# SPDX-License-Identifier: MIT
# The tests of Makefile.am: code that protoc and protoc-gen-c make on the host from t/*.proto, built for the target.
find_program(PROTOC protoc NO_CMAKE_FIND_ROOT_PATH REQUIRED)
find_program(PROTOC_GEN_C protoc-gen-c NO_CMAKE_FIND_ROOT_PATH REQUIRED)
find_program(HOST_CXX NAMES clang++-19 NO_CMAKE_FIND_ROOT_PATH REQUIRED)

# generated(VARIABLE PROTO ...): C code of t/PROTO.proto; VARIABLE names the files.
function(generated variable)
    set(files "")
    foreach(proto IN LISTS ARGN)
        set(made "${CMAKE_BINARY_DIR}/t/${proto}.pb-c.c" "${CMAKE_BINARY_DIR}/t/${proto}.pb-c.h")
        add_custom_command(
            OUTPUT ${made}
            COMMAND "${PROTOC}" "--plugin=protoc-gen-c=${PROTOC_GEN_C}" "-I${MAIN_DIR}" "--c_out=${CMAKE_BINARY_DIR}"
                    "${TEST_DIR}/${proto}.proto"
            DEPENDS "${TEST_DIR}/${proto}.proto"
            VERBATIM)
        list(APPEND files ${made})
    endforeach()
    set(${variable} ${files} PARENT_SCOPE)
endfunction()

# port_test(NAME SOURCE FILES ...): one test program.
function(port_test name source)
    add_executable(${name} "${TEST_DIR}/${source}" ${ARGN})
    target_include_directories(${name} PRIVATE "${CMAKE_BINARY_DIR}")
    target_compile_options(${name} PRIVATE -UNDEBUG) # they check with assert()
    target_link_libraries(${name} PRIVATE protobuf-c)
    add_test(NAME ${name} COMMAND ${name})
endfunction()

generated(files test)
port_test(test-generated-code generated-code/test-generated-code.c ${files})
generated(files test-proto3)
port_test(test-generated-code3 generated-code/test-generated-code.c ${files})
target_compile_definitions(test-generated-code3 PRIVATE PROTO3)

# What the C++ implementation makes of the same messages; a program of the host prints it.
set(packed "${CMAKE_BINARY_DIR}/t/generated-code2")
add_custom_command(
    OUTPUT "${packed}/test-full-cxx-output.inc"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${packed}"
    COMMAND "${PROTOC}" "-I${MAIN_DIR}" "--cpp_out=${CMAKE_BINARY_DIR}" "${TEST_DIR}/test-full.proto"
            "${MAIN_DIR}/protobuf-c/protobuf-c.proto"
    COMMAND "${HOST_CXX}" -std=c++17 "-I${CMAKE_BINARY_DIR}" "-I${MAIN_DIR}"
            "${TEST_DIR}/generated-code2/cxx-generate-packed-data.cc" "${CMAKE_BINARY_DIR}/t/test-full.pb.cc"
            "${CMAKE_BINARY_DIR}/protobuf-c/protobuf-c.pb.cc" -lprotobuf -pthread -o "${packed}/cxx-generate-packed-data"
    COMMAND "${packed}/cxx-generate-packed-data" > "${packed}/test-full-cxx-output.inc"
    DEPENDS "${TEST_DIR}/generated-code2/cxx-generate-packed-data.cc" "${TEST_DIR}/test-full.proto"
    VERBATIM)
generated(files test-full test-optimized)
port_test(test-generated-code2 generated-code2/test-generated-code2.c "${packed}/test-full-cxx-output.inc" ${files})

generated(files issue204/issue204 issue251/issue251) # the one test includes the header of the other
list(FILTER files EXCLUDE REGEX "issue251[.]pb-c[.]c$")
port_test(issue204 issue204/issue204.c ${files})
foreach(issue IN ITEMS 220 251 375 440)
    generated(files issue${issue}/issue${issue})
    port_test(issue${issue} issue${issue}/issue${issue}.c ${files})
endforeach()
generated(files issue330/issue330 issue389/issue389)
port_test(issue330 issue330/issue330.c ${files})
port_test(version version/version.c)
