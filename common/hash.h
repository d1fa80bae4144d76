/* hash.h: SHA-256 (FIPS 180-4) by OpenSSL's libcrypto, as 64 hex digits. Local.
 *
 * A build without libcrypto (SB_HAVE_CRYPTO not defined) gives the word "unknown" everywhere.
 */
#ifndef SCALEBAR_HASH_H
#define SCALEBAR_HASH_H

#include <stdbool.h>
#include <stddef.h>

#include "status.h"

enum { SB_SHA256_SIZE = 65 }; /* 64 digits and the closing NUL */

/* Whether this build has libcrypto. */
bool sb_sha256_built(void);

/* One piece of what is hashed: pieces count as if they stood one after the other. */
typedef struct {
  const void *data; /* may be NULL when bytes is 0 */
  size_t bytes;
} sb_piece;

/* hex [out] the hash of `n` pieces, or "unknown". */
void sb_sha256(const sb_piece *pieces, int n, char hex[SB_SHA256_SIZE]);

/* hex [out] the hash of a file's bytes, or "unknown" when it cannot be read to its end. */
void sb_sha256_file(const char *path, char hex[SB_SHA256_SIZE]);

#endif
