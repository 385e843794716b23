// stands in for what scripts/update makes
#pragma once
constexpr const char* UPDATE_KEY = "-----BEGIN PUBLIC KEY-----\n";
