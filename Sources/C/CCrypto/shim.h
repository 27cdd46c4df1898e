// libcrypto, for digests.
#include <openssl/evp.h>
