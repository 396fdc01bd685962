# Makes the table that kernel/kallsyms.c reads: nm -n kernel | awk -f kallsyms.awk > ksyms.asm
#
# Text symbols only: the table lies behind the text, so adding it moves none of them. Where several
# share an address the first one counts. Addresses stay text, and NASM subtracts them: awk's numbers
# are too small for 64 bits.

function add_row(address, where)
{
	rows = rows sprintf("\tdd 0x%s - 0x%s, %d\n", address, text, where)
	count++
}

# A row waits until the next address: a function may still begin where a gap would.
function flush()
{
	if (address != "")
		add_row(address, where)
	address = ""
}

function gap()
{
	if ($1 != address)
		flush()
	if (address == "") {
		address = $1
		where = 0
	}
}

function symbol()
{
	if ($1 != address)
		flush()
	else if (where)
		return
	address = $1
	where = used
	names = names sprintf("\tdb \"%s\", 0\n", $3)
	used += length($3) + 1
}

BEGIN { used = 1 } # behind the empty name

$3 == "_text" { text = $1 }

# The marks of kernel.lds are not functions; behind the last one of a part nothing lies.
$3 ~ /^_e(head|kunit_text|text)$/ { gap() }
$3 ~ /^_text$|^_[se](head|kunit_text|text)$/ { next }

# A dot makes a label local to a NASM function, unless gcc or clang made it up for a piece of one.
$3 ~ /\./ && $3 !~ /\.(part|isra|constprop|cold|llvm)(\.|$)/ { next }

text != "" && $2 ~ /^[tTwW]$/ { symbol() }

END {
	flush()
	print "section .ksyms progbits alloc noexec nowrite align=4"
	print "global kallsyms_count, kallsyms_table, kallsyms_names"
	printf "kallsyms_count:\n\tdd %d\n", count
	printf "kallsyms_table:\n%skallsyms_names:\n\tdb 0\n%s", rows, names
}
