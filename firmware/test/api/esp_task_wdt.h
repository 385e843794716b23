#pragma once
#include "esp32.h"
