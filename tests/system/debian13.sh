#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# debian13.sh - every door of a Debian 13 that boots
release=trixie
. "$(dirname "$0")/lib.sh"
. "$tests/../boot/doors.sh"
