#include "pi.h"

int main(int argc, char **argv) { return sb_main(&pi_app, argc, argv); }
