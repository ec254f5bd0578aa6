#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# boot_login.sh - many ssh logins at once on a whole Debian that has booted:
# with its own logind and users' managers, without the module and with it
#
# Only the common files of PAM change from sample to sample.  "again" is
# without the module once more: so far apart are two that are the same.
#
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=../tests/boot/lib.sh
. "$bench/../tests/boot/lib.sh"
# shellcheck source=../tests/package/lib.sh
. "$bench/../tests/package/lib.sh"
# The host's /var is needed here: packages are built, and the Debian is in it.
eval "$(declare -f overlay_mount | sed '1s/overlay_mount/host_overlay/')"
release=${release:-bookworm}
logins=${logins:-20}
rounds=${rounds:-20}
debian_fetch "$release"
host_start "$@"

built=/var/tmp/package
mkdir -p $built "$tables"
deb_build $built && sshd_configure && debian_boot "$release" || exit 1
cp $built/*.deb "$out"
cp /root/.ssh/id_ed25519.pub "$out/key.pub"
cat >"$out/stack" <<-'END'
	#!/bin/sh
	cp /out/pam-$1/common-* /etc/pam.d/
END
chmod 0755 "$out/stack"
machine sh -c '
	DEBIAN_FRONTEND=noninteractive dpkg -i /out/*.deb &&
	useradd -m -s /bin/bash alice &&
	install -d -m 0700 -o alice ~alice/.ssh &&
	install -m 0600 -o alice /out/key.pub ~alice/.ssh/authorized_keys &&
	echo "[work]" >>/etc/runns.conf &&
	echo "alice work -" >>/etc/security/runns.map &&
	echo "MaxStartups 500" >>/etc/ssh/sshd_config &&
	systemctl reload ssh &&
	runnsctl up work &&
	mkdir /out/pam-none /out/pam-runns &&
	cp /etc/pam.d/common-* /out/pam-none &&
	pam-auth-update --enable runns &&
	cp /etc/pam.d/common-* /out/pam-runns' >"$out/log" 2>&1 ||
	{ cat "$out/log"; exit 1; }

# Else his manager would end and start again.
machine /out/stack runns
ssh alice@203.0.113.2 'sleep infinity' &
wait_until 20 machine pgrep -u alice sleep || exit 1

cases=()
for name in none again runns; do
	cases+=("$name" "nsenter -t $machine -m /out/stack ${name/again/none}"
		"ssh -oKexAlgorithms=curve25519-sha256 alice@203.0.113.2 true" "")
done
"$builddir/bench/interleave" -r "$rounds" -j "$logins" -s 300 "${cases[@]}" \
	>"$tables/login" || exit 1
title "$logins logins at once on a booted Debian ($release), us"
cat "$tables/login"
goal boot "RUNNS / no module" \
	"$(calc "$(value_of runns login) / $(value_of none login)")" '<=' 1.15
echo "again / none: $(calc "$(value_of again login) / $(value_of none login)")"

debian_off
bench_done
