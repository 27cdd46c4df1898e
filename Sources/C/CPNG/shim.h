// libpng's simplified interface, which reports errors as values instead of jumping.
#include <png.h>
