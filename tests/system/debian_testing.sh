#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# debian_testing.sh - every door of Debian's next release, as it is today
release=testing
. "$(dirname "$0")/lib.sh"
. "$tests/../boot/doors.sh"
