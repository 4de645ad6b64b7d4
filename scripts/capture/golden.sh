#!/usr/bin/env bash
# Re-creates fixtures/golden: what a kernel did with the packets of golden/cases.py. Most cases are played in Debian's cloud
# kernel under qemu, without KVM, in virtual time: while nothing happens, time jumps. Needs Linux, and Debian 12's
# qemu-system-x86, busybox-static, cpio, kmod, iproute2, iptables, python3; the kernel is downloaded, not installed.
#
#   scripts/capture/golden.sh [idle|ticking|here]...
#
#   idle      an idle kernel sleeps from one packet to the next: hours of kernel time
#   ticking   every tick takes place (nohz=off), for what the kernel does in the background: minutes of kernel time
#   here      the kernel this runs on, in real time; needs root
set -euo pipefail
here=$(cd "$(dirname "$0")/golden" && pwd)
fixtures=$(cd "$here/../../../fixtures/golden" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hookline-golden
mkdir -p "$cache" && cd "$cache"

package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -1)
version=${package#linux-image-}
modules=kernel/lib/modules/$version
if [ ! -d "$modules" ]; then
  apt-get download "$package" && dpkg -x "$package"_*.deb kernel && rm "$package"_*.deb
fi

# Copies files with the libraries they need into root/.
with_libraries() {
  local file
  for file in "$@"; do
    install -D "$file" "root$file"
    { ldd "$file" 2>/dev/null | grep -o '/[^ ]*' || true; } | while read -r library; do [ -e "root$library" ] || install -D "$library" "root$library"; done
  done
}

build_root() {
  rm -rf root && mkdir -p root/{bin,sbin,proc,sys,dev/net,run,tmp,etc,usr/bin,usr/sbin}
  cp /usr/bin/busybox root/bin/ && ln -s busybox root/bin/sh
  cp /etc/protocols root/etc/
  local file tool
  # NAME PROGRAM: what a name of the root stands for here.
  while read -r tool file; do
    file=$(readlink -f "$file") && with_libraries "$file"
    [ -e "root/usr/sbin/$tool" ] || ln -s "$file" "root/usr/sbin/$tool"
  done <<TOOLS
ip $(command -v ip)
modprobe $(command -v kmod)
python3 /usr/bin/python3
iptables-legacy-restore $(command -v xtables-legacy-multi)
ip6tables-legacy-restore $(command -v xtables-legacy-multi)
TOOLS
  with_libraries /usr/lib/x86_64-linux-gnu/xtables/*.so
  /usr/bin/python3 -c 'import sys,ctypes,fcntl,json,os,re,socket,struct,subprocess,time,encodings.idna
for module in list(sys.modules.values()):
    file = getattr(module, "__file__", None)
    if file and file.startswith("/usr/"): print(file)' | while read -r file; do with_libraries "$file"; done
  depmod -b kernel "$version"
  (cd "$modules" && find kernel/net/netfilter kernel/net/ipv4/netfilter kernel/net/ipv6/netfilter -name '*.ko' && echo kernel/drivers/net/tun.ko) > wanted
  while read -r file; do echo "$file"; sed -n "s#^$file: ##p" "$modules/modules.dep" | tr ' ' '\n'; done < wanted | sort -u | grep . |
    while read -r file; do install -D "$modules/$file" "root/lib/modules/$version/$file"; done
  cp "$modules"/modules.{builtin,builtin.modinfo,order} "root/lib/modules/$version/" && depmod -b root "$version"
  cat > root/init <<'INIT'
#!/bin/sh
export PATH=/usr/bin:/usr/sbin:/bin:/sbin PYTHONDONTWRITEBYTECODE=1
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev; mount -t tmpfs tmpfs /run
mkdir -p /dev/net; echo /usr/sbin/modprobe > /proc/sys/kernel/modprobe; modprobe tun
python3 -S /golden/record.py /golden/cases.json /run/answers
echo "status $?"
stty -F /dev/ttyS1 raw && cat /run/answers > /dev/ttyS1
poweroff -f
INIT
  chmod +x root/init
}

virtual() { # KIND KERNEL-PARAMETERS
  rm -rf extra && mkdir -p extra/golden && cp "$here/record.py" "$1.cases" extra/golden/ && mv "extra/golden/$1.cases" extra/golden/cases.json
  find extra -exec touch -h -d @0 {} +
  { (cd root && find . | cpio -o -H newc --quiet | gzip -1) && (cd extra && find . | sort | cpio -o -H newc --reproducible --quiet | gzip -1n); } > initrd
  rm -f "$1.answers"
  timeout "${LIMIT:-900}" qemu-system-x86_64 -accel tcg -cpu max,-rdrand,-rdseed -seed 1 -icount shift=0,sleep=off \
    -rtc base=2026-01-01T00:00:00,clock=vm -m 1024 -smp 1 -nographic -no-reboot -nodefaults -serial "file:$1.console" -serial "file:$1.answers" \
    -kernel "kernel/boot/vmlinuz-$version" -initrd initrd -append "console=ttyS0 panic=-1 quiet tsc=reliable nowatchdog $2" < /dev/null
  grep -aq 'status 0' "$1.console" || { cat "$1.console" >&2; exit 1; }
}

[ -f root/init ] && [ root/init -nt "$0" ] || build_root
for kind in ${*:-idle ticking here}; do
  python3 "$here/cases.py" "$kind" > "$kind.cases"
  case $kind in
    idle) virtual idle '' ;;
    ticking) virtual ticking nohz=off ;;
    here) # A busy machine may be late for a tick.
      for attempt in 1 2 3 4 5; do python3 "$here/record.py" here.cases here.answers && break; [ "$attempt" != 5 ]; done ;;
  esac
  python3 "$here/cases.py" "$kind" "$kind.answers" "$fixtures"
done
