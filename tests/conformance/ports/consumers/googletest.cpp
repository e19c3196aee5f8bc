// SPDX-License-Identifier: MIT
// find_package: GTest CONFIG -> GTest::gmock_main
// pkg-config: gmock_main
// output: [  PASSED  ] 1 test.
#include <gmock/gmock.h>

struct Answers {
    virtual ~Answers() = default;
    virtual int answer() = 0;
};

struct MockAnswers : Answers {
    MOCK_METHOD(int, answer, (), (override));
};

TEST(Mock, Answers)
{
    MockAnswers mock;

    EXPECT_CALL(mock, answer()).WillOnce(testing::Return(42));
    EXPECT_EQ(mock.answer(), 42);
}
