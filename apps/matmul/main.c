#include "matmul.h"

int main(int argc, char **argv) { return sb_main(&matmul_app, argc, argv); }
