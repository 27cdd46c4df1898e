// The functions are written in Swift (Sources/Programs/CInterface).
#include "nanobragg.h"
