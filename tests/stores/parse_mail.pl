# This file is the second judge of exported mail: MIME-tools parses each file named on standard input and prints
# what it finds wrong, or "ok" and the number of parts.
use strict;
use warnings;
use MIME::Parser;

while (my $path = <STDIN>) {
	chomp $path;
	my $parser = MIME::Parser->new;
	$parser->output_to_core(1);
	$parser->tmp_to_core(1);
	my $entity = eval { $parser->parse_open($path) };
	my @faults = ($parser->results->errors, $parser->results->warnings);
	push @faults, $@ if $@;
	print @faults || !$entity ? "$path: @faults\n" : "ok\n";
}
