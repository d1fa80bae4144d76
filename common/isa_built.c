/* Compiled with the flags of the build; holds data alone, so it cannot fault on any processor. */
#include "isa_guard.h"

/* 1 when `macro` is defined as 1, else 0: only a 1 pastes into the name that brings a comma along
 * and so moves the 1 to second place. */
#define IS_ONE(macro) IS_ONE_(macro)
#define IS_ONE_(value) SECOND(BEFORE_##value 1, 0, 0)
#define BEFORE_1 0,
#define SECOND(...) SECOND_(__VA_ARGS__)
#define SECOND_(first, second, ...) second

#define ASSUMED(set, name, macro) | (IS_ONE(macro) ? SB_SET(set) : 0)

const sb_sets sb_sets_assumed = 0 SB_SETS(ASSUMED);
