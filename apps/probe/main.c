#include "probe.h"

int main(int argc, char **argv) { return sb_main(&probe_app, argc, argv); }
