/* This file is the limit that checks of stores are measured against: it reads a file once and runs CRC-32
 * over it. */
#include <fcntl.h>
#include <libdeflate.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE = 1 << 20 };

int main(int argc, char **argv)
{
	uint8_t *piece = malloc(PIECE);
	int file = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	uint32_t crc = 0;
	ssize_t n;

	if (file < 0 || !piece) {
		fputs("usage: crc-limit FILE\n", stderr);
		free(piece);
		return 16;
	}
	while ((n = read(file, piece, PIECE)) > 0)
		crc = libdeflate_crc32(crc, piece, (size_t)n);
	printf("%08X\n", crc);
	free(piece);
	(void)close(file);
	return n < 0 ? 8 : 0;
}
