#!/bin/bash
# What the build, the emulators and the tests need from the host, and how to get it.
#
#   tools/deps.sh [build] [ci]      install what lacks of these lists (default: build)
#   tools/deps.sh --check TOOL...   complain, with the package's name, about TOOLs that lack
#
# Asks for nothing and changes nothing when all is there.
set -euo pipefail

# list | probe: a command, or a file (may be a pattern) | Debian's package | what for
# N in a package's name is the version of the distribution's gcc: gcc-multilib, which would follow it
# by itself, cannot be installed beside musl-dev:i386.
table='
build | gcc                               | gcc              | the compiler
build | ld                                | binutils         | the linker
build | /usr/lib/gcc/*/*/32/libgcc.a      | gcc-N-multilib   | 32-bit programs
build | musl-gcc                          | musl-tools       | a second C library for programs
build | /usr/lib/i386-linux-musl/libc.a   | musl-dev:i386    | the same for 32-bit programs
build | cpio                              | cpio             | makes the ramdisk
build | nasm                              | nasm             | the assembler
build | qemu-system-i386                  | qemu-system-x86  | the emulator of make run
build | bochs                             | bochs            | the emulator of make bochs
build | /usr/share/bochs/BIOS-bochs-latest | bochsbios       | its BIOS
build | /usr/share/vgabios/vgabios.bin    | vgabios          | its VGA BIOS
build | /usr/lib/*/bochs/plugins/libbx_term_gui.so | bochs-term | its display in a terminal
build | /usr/lib/*/bochs/plugins/libbx_x_gui.so    | bochs-x | its display in a window
build | /usr/lib/grub/i386-pc/multiboot2.mod | grub-pc-bin   | the boot loader on the disc image
build | grub-mkrescue                     | grub-common      | makes the disc image
build | xorriso                           | xorriso          | makes the disc image
build | mformat                           | mtools           | makes the disc image
build | gdb                               | gdb              | the debugger of make gdb
build | /usr/share/nodejs/d3/dist/d3.min.js | node-d3    | the drawing library of make picture
build | bwrap                             | bubblewrap       | the sandbox of make grade-all
build | prove                             | perl             | runs the tests
build | /usr/bin/python3                  | python3          | the tests are written in it
build | /usr/lib/python3/dist-packages/tap | python3-tap     | lets them report to prove
ci    | clang                             | clang            | the second compiler
ci    | ld.lld                            | lld              | its linker
ci    | llvm-nm                           | llvm             | its binary tools
ci    | clang-format                      | clang-format     | checks the layout of the source
ci    | ctags                             | universal-ctags  | measures the length of functions
ci    | chromium                          | chromium         | the browser that tests the page of make picture
ci    | chromedriver                      | chromium-driver  | drives it
ci    | /usr/lib/python3/dist-packages/selenium | python3-selenium | lets the test drive it
'

# The rows of the table, without blanks around the fields.
rows() { sed -n 's/ *| */|/g; /|/p' <<<"$table"; }

present() {
	case $1 in
	/*) compgen -G "$1" >/dev/null ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

# Each TOOL is a probe of the table, or a package of it, or any other command.
check() {
	local tool status=0 list probe package purpose
	for tool; do
		while IFS='|' read -r list probe package purpose; do
			[ "$tool" = "$probe" ] || [ "$tool" = "$package" ] || continue
			present "$probe" && continue 2
			echo "$tool ($purpose) is missing: install the package $package;" \
				"\`make deps DEPS=$list\` does it" >&2
			status=1
			continue 2
		done < <(rows)
		present "$tool" || { echo "$tool is missing" >&2; status=1; }
	done
	return $status
}

# The rows whose list is wanted and whose probe fails.
missing_rows() {
	local list probe package purpose
	while IFS='|' read -r list probe package purpose; do
		[[ " $* " == *" $list "* ]] && ! present "$probe" && echo "$probe|$package|$purpose"
	done < <(rows)
	return 0
}

# Runs a command as root.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "make deps: $1 needs root, and there is no sudo: run \`make deps\` as root" >&2
		return 1
	fi
}

# "gcc-N-multilib" with the version in N's place.
with_version() {
	local version
	version=$(apt-cache depends --important gcc | sed -n 's/.*Depends: gcc-\([0-9]*\)$/\1/p')
	sed "s/^gcc-N-/gcc-$version-/"
}

# Packages NAME:i386 are those of another architecture, which the package manager must be told of.
add_architectures() {
	[[ " $* " == *:i386\ * ]] || return 0
	dpkg --print-foreign-architectures | grep -qx i386 && return
	[ "$(dpkg --print-architecture)" != i386 ] || return 0
	echo "make deps: telling dpkg to accept packages for i386 (dpkg --add-architecture i386)"
	as_root dpkg --add-architecture i386
}

install() {
	local missing packages
	missing=$(missing_rows "$@")
	[ -n "$missing" ] || return 0
	if ! command -v apt-get >/dev/null; then
		echo "These are missing, and only apt-get is known here. Install with your own package" \
			"manager what provides:" >&2
		awk -F'|' '{ printf "  %s: %s (package %s in Debian)\n", $1, $3, $2 }' <<<"$missing" >&2
		return 1
	fi
	mapfile -t packages < <(cut -d'|' -f2 <<<"$missing" | sort -u)
	add_architectures "${packages[@]}"
	as_root apt-get update -qq
	mapfile -t packages < <(printf '%s\n' "${packages[@]}" | with_version)
	echo "make deps: installing ${packages[*]}"
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
		--no-install-recommends "${packages[@]}"
	missing=$(missing_rows "$@")
	[ -z "$missing" ] || { echo "still missing: $missing" >&2; return 1; }
}

if [ "${1-}" = --check ]; then
	check "${@:2}"
else
	install "${@:-build}"
fi
