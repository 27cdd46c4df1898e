// zlib: files that are compressed with gzip.
#include <zlib.h>

// A macro, which takes the size of the structure.
static inline int czlib_start(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
