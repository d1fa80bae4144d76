#include "fft.h"

int main(int argc, char **argv) { return sb_main(&fft_app, argc, argv); }
