# Start a systemd of its own, in namespaces of its own, over a root whose changes are thrown away, with the unit of deploy/ in it.
# Called under `unshare`: CHECKOUT, PYTHON (the prefix of the interpreter), PACKAGES and OUT are folders of this machine.
set -e
BASE=$(mktemp -d)
mount -t tmpfs tmpfs "$BASE"
mkdir "$BASE/up" "$BASE/work" "$BASE/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$BASE/up,workdir=$BASE/work" "$BASE/root"
R="$BASE/root"
ip link set lo up
mount -t proc proc "$R/proc"
mount -t sysfs -o ro sysfs "$R/sys"
mount -t cgroup2 none "$R/sys/fs/cgroup"
mount -t tmpfs tmpfs "$R/run"
mount -t tmpfs tmpfs "$R/tmp"
mount -t tmpfs tmpfs "$R/var/tmp"
mount --bind /dev "$R/dev"
: > "$OUT/manager.log"
mount --bind "$OUT/manager.log" "$R/dev/console"
mkdir -p "$R/opt/python" "$R/opt/packages" "$R/opt/postbag/bin" "$R/opt/checkout" "$R/etc/postbag" "$R/out"
mount --bind "$PYTHON" "$R/opt/python"
mount --bind "$PACKAGES" "$R/opt/packages"
mount --bind "$CHECKOUT" "$R/opt/checkout"
mount --bind "$OUT" "$R/out"
rm -rf "$R/var/lib/postbag" "$R/etc/systemd/system" "$R/etc/systemd/system.conf"
mkdir -p "$R/etc/systemd/system/postbag.service.d"
echo "postbag:x:6789:6789::/var/lib/postbag:/usr/sbin/nologin" >> "$R/etc/passwd"
echo "postbag:x:6789:" >> "$R/etc/group"

# What the guide installs: a program that belongs to root, settings and a token that the service may read.
version=$(cd "$PYTHON/bin" && ls -d python3.* | grep -E '^python3\.[0-9]+$' | head -n 1)
mkdir -p "$R/opt/postbag/lib/$version/site-packages"
ln -s "/opt/python/bin/$version" "$R/opt/postbag/bin/python"
printf 'home = /opt/python/bin\ninclude-system-site-packages = false\n' > "$R/opt/postbag/pyvenv.cfg"
printf '/opt/packages\n/opt/checkout\n' > "$R/opt/postbag/lib/$version/site-packages/checkout.pth"
for words in "postbag bot" "trial tests.faults.unit_trial"; do
  printf '#!/bin/sh\nexec /opt/postbag/bin/python -B -P -m %s "$@"\n' "${words#* }" > "$R/opt/postbag/bin/${words%% *}"
done
chmod 755 "$R/opt/postbag/bin/postbag" "$R/opt/postbag/bin/trial"
cp "$CHECKOUT/deploy/config.toml" "$R/etc/postbag/config.toml"
echo "MTIz.NDU2.Nzg5" > "$R/etc/postbag/token"
chown root:6789 "$R/etc/postbag" "$R/etc/postbag/config.toml"
chown 6789:6789 "$R/etc/postbag/token"
chmod 750 "$R/etc/postbag"
chmod 640 "$R/etc/postbag/config.toml"
chmod 400 "$R/etc/postbag/token"
echo secret > "$R/home/of-somebody-else"

# The unit as it is, and once more with the trial in place of the bot. Targets of the machine are left out.
for name in network-online basic sysinit shutdown multi-user; do
  printf '[Unit]\nDefaultDependencies=no\n' > "$R/etc/systemd/system/$name.target"
done
cp "$CHECKOUT/deploy/postbag.service" "$R/etc/systemd/system/postbag.service"
sed -e 's|^Type=.*|Type=oneshot|' -e 's|^WatchdogSec=.*||' -e 's|^Restart=.*||' -e 's|^ExecStart=.*|ExecStart=/opt/postbag/bin/trial|' \
  "$CHECKOUT/deploy/postbag.service" > "$R/etc/systemd/system/trial.service"
mkdir -p "$R/etc/systemd/system/trial.service.d"
# And once more with a short watchdog, to be held up from outside.
cp "$CHECKOUT/deploy/postbag.service" "$R/etc/systemd/system/silent.service"
sed -i -e 's|^WatchdogSec=.*|WatchdogSec=8|' -e 's|^RestartSec=.*|RestartSec=1|' "$R/etc/systemd/system/silent.service"
mkdir -p "$R/etc/systemd/system/silent.service.d"
for name in postbag trial silent; do
  # Its output goes into a file, since no journal runs here.
  printf '[Service]\nStandardOutput=append:/run/%s.log\nStandardError=append:/run/%s.log\n' "$name" "$name" \
    > "$R/etc/systemd/system/$name.service.d/log.conf"
done
cat > "$R/etc/systemd/system/driver.service" <<'UNIT'
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
TimeoutStartSec=540
ExecStart=/bin/sh /opt/driver
ExecStopPost=/bin/systemctl --no-block exit
UNIT
cat > "$R/opt/driver" <<'DRIVER'
exec > /out/driver.log 2>&1
systemctl start postbag; echo "start $?"
sleep 3
systemctl show postbag -p ActiveState -p SubState -p StatusText -p NRestarts -p Result
systemctl stop postbag; echo "stop $?"
systemctl show postbag -p Result -p ExecMainStatus
systemctl start trial; echo "trial $?"
systemctl show trial -p Result -p ExecMainStatus
systemctl start silent; echo "silent start $?"
kill -STOP "$(systemctl show silent -p MainPID --value)"
for _ in $(seq 120); do
  [ "$(systemctl show silent -p NRestarts --value)" = 0 ] || break
  sleep 1
done
systemctl show silent -p NRestarts -p ActiveState | sed 's/^/silent /'
systemctl stop silent
cp /run/postbag.log /run/trial.log /out/
cp /var/lib/postbag/trial.json /out/
ls -laR /var/lib/postbag
DRIVER
# The root is changed for the whole namespace: the kernel gives nobody in a mere chroot a namespace of users, as PrivateUsers wants.
mkdir -p "$R/opt/outside"
cd "$R"
pivot_root . opt/outside
umount -l /opt/outside
exec /usr/bin/env -i container=trial PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=driver.service --log-level=${LEVEL:-warning} --log-target=console --show-status=no
