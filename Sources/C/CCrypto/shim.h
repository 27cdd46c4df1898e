// libcrypto's digests.
#include <openssl/evp.h>
