// SPDX-License-Identifier: MIT
// The same headers from C++.
#include "round_trip.h"

#include <cstring>
#include <string_view>

#include "check.h"

static void calls()
{
    coco_client *client = round_trip_client();
    const everything_add_arguments arguments{20, 22};
    everything_add_results results{};

    CHECK(everything_add(client, &arguments, &results) == 0);
    CHECK(results.sum == 42);
}

static void arrays()
{
    constexpr std::string_view name = "a name";
    coco_client *client = round_trip_client();
    everything_arrays_arguments in{};
    everything_arrays_results out{};

    in.who = name.data();
    in.who_length = static_cast<uint32_t>(name.size());
    CHECK(everything_arrays(client, &in, &out) == 0);
    CHECK(std::string_view(out.note, out.note_length) == name);
}

int main()
{
    check_run("calls_from_cxx", calls);
    check_run("arrays_from_cxx", arrays);
    return check_end();
}
