# SPDX-License-Identifier: MIT
# find_package(Coconut): helpers for programs of the COCONUT platform. Needs the toolchain file.
#
#   coconut_add_program(NAME SOURCES file... [LIBRARIES library...])
#       An executable with a map file beside it and, after linking, a stripped copy NAME.stripped. The
#       copy keeps its section table, which the platform's loader asks for in fixed-address programs.
#
#   coconut_add_image(NAME SERVICES target... MANIFESTS file...)
#       An image, in the folder NAME of the build: programs of this project as /bin/TARGET, started and
#       supervised by the SDK's /init as their manifests say. Of programs of coconut_add_program(), the
#       stripped copies; gdb and 'coconut symbolize' take the programs themselves.
#
#   coconut_add_image_test(NAME test IMAGE name EXPECT regex [TIMEOUT seconds])
#       A test that boots the image, looks for a line in what it prints, and has it shut itself down, with status 0.
#
#   coconut_add_interface(TARGET FILE [CLIENT] [SERVER])
#       Code made from the description of a service's interface: the client's functions, the server's
#       dispatch, or both if neither is named. The target includes NAME.h. The page NAME.md and the fuzz
#       target NAME_fuzz.c are made beside it, in <build>/interfaces/NAME.

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
    set_target_properties(${name} PROPERTIES COCONUT_STRIPPED TRUE)
endfunction()

function(coconut_add_image name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SERVICES;MANIFESTS")
    if(NOT arg_SERVICES OR NOT arg_MANIFESTS OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "coconut_add_image(${name}): expected SERVICES target... MANIFESTS file...")
    endif()
    set(modules "\"init\": {\"output_file\": \"${COCONUT_SDK}/share/coconut/services-init\", \"path\": \"/init\"}")
    set(programs "")
    foreach(service IN LISTS arg_SERVICES)
        get_target_property(stripped ${service} COCONUT_STRIPPED)
        set(program "$<TARGET_FILE:${service}>")
        if(stripped)
            string(APPEND program ".stripped")
        endif()
        string(APPEND modules ",\n    \"${service}\": {\"output_file\": \"${program}\", \"path\": \"/bin/${service}\"}")
        list(APPEND programs "$<TARGET_FILE:${service}>")
    endforeach()
    set(manifests "")
    foreach(manifest IN LISTS arg_MANIFESTS)
        cmake_path(ABSOLUTE_PATH manifest BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
        list(APPEND manifests "${manifest}")
    endforeach()
    list(JOIN manifests "\", \"" services)
    set(recipe "${CMAKE_CURRENT_BINARY_DIR}/${name}.json")
    file(GENERATE OUTPUT "${recipe}" CONTENT
"{
  \"image\": 1,
  \"fs\": {\"modules\": {
    ${modules}
  }},
  \"services\": [\"${services}\"]
}
")
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}")
    add_custom_command(
        OUTPUT "${folder}/archive.pkit"
        COMMAND "${COCONUT_COMMAND}" image --output "${folder}" "${recipe}"
        DEPENDS ${arg_SERVICES} ${programs} ${manifests} "${recipe}"
        VERBATIM
        COMMENT "Making the image ${name}")
    add_custom_target(${name} ALL DEPENDS "${folder}/archive.pkit")
endfunction()

function(coconut_add_image_test)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;IMAGE;EXPECT;TIMEOUT" "")
    if(NOT arg_NAME OR NOT arg_IMAGE OR NOT arg_EXPECT OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "coconut_add_image_test(): expected NAME test IMAGE name EXPECT regex "
                            "[TIMEOUT seconds]")
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 60)
    endif()
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/${arg_IMAGE}")
    # Not with PASS_REGULAR_EXPRESSION, for which the exit status does not count.
    add_test(NAME ${arg_NAME}
        COMMAND "${CMAKE_COMMAND}" "-DCOCONUT_COMMAND=${COCONUT_COMMAND}" "-DIMAGE=${folder}" "-DEXPECT=${arg_EXPECT}"
                "-DTIMEOUT=${arg_TIMEOUT}" -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/CoconutImageTest.cmake")
endfunction()

function(coconut_add_interface target description)
    cmake_parse_arguments(PARSE_ARGV 2 arg "CLIENT;SERVER" "" "")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "coconut_add_interface(${target}): expected FILE [CLIENT] [SERVER], found "
                            "${arg_UNPARSED_ARGUMENTS}")
    endif()
    get_filename_component(file "${description}" ABSOLUTE)
    # Said with file and line by the command itself, which also finds the name.
    execute_process(COMMAND "${COCONUT_COMMAND}" interface check "${file}" RESULT_VARIABLE status
                    ERROR_VARIABLE problems)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "${problems}")
    endif()
    file(READ "${file}" text)
    string(JSON name GET "${text}" name)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/interfaces/${name}")
    set(made "${folder}/${name}.h" "${folder}/${name}_wire.h" "${folder}/${name}_client.c"
             "${folder}/${name}_server.c")
    if(NOT TARGET coconut-interface-${name})
        add_custom_command(
            OUTPUT ${made}
            COMMAND "${COCONUT_COMMAND}" interface compile --output "${folder}" "${file}"
            DEPENDS "${file}"
            VERBATIM
            COMMENT "Making code from the interface ${name}")
        add_custom_target(coconut-interface-${name} DEPENDS ${made})
    endif()
    add_dependencies(${target} coconut-interface-${name})
    if(arg_CLIENT OR NOT arg_SERVER)
        target_sources(${target} PRIVATE "${folder}/${name}_client.c")
    endif()
    if(arg_SERVER OR NOT arg_CLIENT)
        target_sources(${target} PRIVATE "${folder}/${name}_server.c")
    endif()
    target_include_directories(${target} PRIVATE "${folder}")
endfunction()
