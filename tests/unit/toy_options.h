/* toy_options.h: an app's table with every type of option, for the tests of the parser. */
#ifndef SCALEBAR_TESTS_TOY_OPTIONS_H
#define SCALEBAR_TESTS_TOY_OPTIONS_H

#include <stddef.h>

#include "options.h"

typedef struct {
  int64_t n, blocks;
  double r;
  int rng, log;
  char note[SB_TEXT_SIZE];
} toy;

static const sb_option toy_options[] = {
    {.key = "n",
     .type = SB_INT,
     .offset = offsetof(toy, n),
     .initial = "1000",
     .low = 1,
     .high = 9007199254740992.0,
     .unit = "cell",
     .sizes = true,
     .by_memory = true,
     .help = "cells of the toy"},
    {.key = "blocks",
     .type = SB_INT,
     .offset = offsetof(toy, blocks),
     .initial = "auto",
     .low = -8,
     .high = 1e6,
     .unit = "1",
     .word = "auto",
     .help = "blocks of cells"},
    {.key = "r",
     .type = SB_REAL,
     .offset = offsetof(toy, r),
     .initial = "0.125",
     .low = 0,
     .high = 0.25,
     .unit = "1",
     .help = "diffusion number"},
    {.key = "rng",
     .type = SB_CHOICE,
     .offset = offsetof(toy, rng),
     .initial = "philox",
     .choices = "philox|nas",
     .help = "random numbers"},
    {.key = "log",
     .type = SB_FLAG,
     .offset = offsetof(toy, log),
     .initial = "no",
     .help = "whether to keep a log"},
    {.key = "note",
     .type = SB_TEXT,
     .offset = offsetof(toy, note),
     .initial = "none",
     .word = "none",
     .help = "any text"},
    {.key = NULL},
};

static toy toy_config;
static sb_common toy_common;

static const sb_option_set toy_set = {.program = "toy_mpi",
                                      .app = "toy",
                                      .title = "Toy: does nothing, well",
                                      .table = toy_options,
                                      .config = &toy_config,
                                      .config_size = sizeof toy_config,
                                      .common = &toy_common};

#endif
