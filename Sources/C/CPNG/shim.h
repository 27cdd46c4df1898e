// libpng's simplified interface, which returns errors as values instead of using longjmp.
#include <png.h>
