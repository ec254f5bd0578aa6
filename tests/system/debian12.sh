#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# debian12.sh - every door of a Debian 12 that boots
release=bookworm
. "$(dirname "$0")/lib.sh"
. "$tests/../boot/doors.sh"
