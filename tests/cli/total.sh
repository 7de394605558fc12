#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# total.sh FILE: adds the number on stdin to the one in FILE, and tells the sum. One at a time.
exec 9> "$1.lock"
flock 9
number=$(cat)
total=$(($(cat "$1" 2> /dev/null || echo 0) + number))
echo "$total" > "$1"
printf '%s' "$total"
