#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pam_fresh.sh - the same as pam_enter.sh, where no view can be prepared
views=off
. "$(dirname "$0")/pam_enter.sh"
