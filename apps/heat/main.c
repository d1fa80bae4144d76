#include "heat.h"

int main(int argc, char **argv) { return sb_main(&heat_app, argc, argv); }
