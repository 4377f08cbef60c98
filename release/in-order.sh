#!/bin/sh
# Links as `cc` does, what order.txt names first and in its order: the functions that a start and a plan run, as `make order`
# found them. Linux maps a program's pages some at a time, when they are touched. What lies together is touched in fewer pieces,
# which saves a plan a twentieth of its time, and memory.
#
# A name there lacks what tells two builds of one crate apart, so that most hold for other versions, compilers and processors. Of
# functions that are alike one is kept.
set -eu
here=$(dirname "$0")
ordered=$(mktemp)
trap 'rm -f "$ordered"' EXIT

for argument in "$@"; do
    case $argument in
    *.o | *.rlib | *.a) [ ! -e "$argument" ] || nm --format=posix --defined-only "$argument" 2>/dev/null || true ;;
    esac
done | awk -v order="$here/order.txt" -f "$here/order.awk" | LC_ALL=C sort -n | cut -d " " -f 2 >"$ordered"

# Only LLVM's linker takes an order. It comes with the compiler.
lld=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/gcc-ld
cc "$@" -fuse-ld=lld -B"$lld" -Wl,--icf=all -Wl,--symbol-ordering-file="$ordered" -Wl,--no-warn-symbol-ordering || {
    echo "in-order.sh: LLVM's linker does not link this; it is linked in no order" >&2
    cc "$@"
}
