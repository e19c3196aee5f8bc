// SPDX-License-Identifier: MIT
// find_package: nlohmann_json CONFIG -> nlohmann_json::nlohmann_json
// pkg-config: nlohmann_json
// output: 42
#include <iostream>
#include <nlohmann/json.hpp>

int main()
{
    std::cout << nlohmann::json::parse(R"({"answer": 42})")["answer"] << '\n';
}
