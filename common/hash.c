#include "hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void unknown(char hex[SB_SHA256_SIZE]) { memcpy(hex, "unknown", sizeof "unknown"); }

#ifdef SB_HAVE_CRYPTO
#include <openssl/evp.h>

bool sb_sha256_built(void) { return true; }

/* Writes what `context` has seen so far; frees it. Any refusal of libcrypto gives "unknown". */
static void finish(EVP_MD_CTX *context, int good, char hex[SB_SHA256_SIZE]) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int bytes = 0;
  if (good && EVP_DigestFinal_ex(context, digest, &bytes) == 1 && bytes == 32) {
    for (unsigned int i = 0; i < bytes; i++) snprintf(hex + 2 * (size_t)i, 3, "%02x", digest[i]);
  } else {
    unknown(hex);
  }
  EVP_MD_CTX_free(context);
}

static EVP_MD_CTX *start(int *good) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  *good = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
  return context;
}

void sb_sha256(const sb_piece *pieces, int n, char hex[SB_SHA256_SIZE]) {
  int good;
  EVP_MD_CTX *context = start(&good);
  for (int i = 0; i < n && good; i++) {
    good = pieces[i].bytes == 0 || EVP_DigestUpdate(context, pieces[i].data, pieces[i].bytes) == 1;
  }
  finish(context, good, hex);
}

void sb_sha256_file(const char *path, char hex[SB_SHA256_SIZE]) {
  enum { BLOCK = 1 << 16 };
  int good;
  EVP_MD_CTX *context = start(&good);
  FILE *file = fopen(path, "rb");
  unsigned char *block = malloc(BLOCK);
  good = good && file != NULL && block != NULL;
  while (good) {
    const size_t got = fread(block, 1, BLOCK, file);
    if (got == 0) break;
    good = EVP_DigestUpdate(context, block, got) == 1;
  }
  good = good && !ferror(file); /* a directory opens, but does not read */
  finish(context, good, hex);
  free(block);
  if (file != NULL) fclose(file);
}

#else

bool sb_sha256_built(void) { return false; }

void sb_sha256(const sb_piece *pieces, int n, char hex[SB_SHA256_SIZE]) {
  (void)pieces;
  (void)n;
  unknown(hex);
}

void sb_sha256_file(const char *path, char hex[SB_SHA256_SIZE]) {
  (void)path;
  unknown(hex);
}

#endif
