/* This file is where the program begins and, alone, where it ends. */
#include "app/commands.h"
#include "os/process.h"

int main(int argc, char **argv)
{
	process_prepare();
	return commands_main(argc > 0 ? (size_t)argc - 1 : 0, (const char *const *)(argv + (argc > 0)));
}
