#!/bin/sh
# Runs in the pc's own network and mount namespaces: gives it private copies of everything a trust installation
# writes, and the lab's names. Lives until its input closes; the mounts end with the last process of the namespace.
# Arguments: the lab's run folder, the uid of the employee.
set -eu
run=$1
uid=$2
pc=$run/pc

mkdir -p "$pc"
mount -t tmpfs -o mode=755,size=1g aktodivert-lab "$pc"
mkdir -p "$pc/home/root" "$pc/home/employee/work" "$pc/home/employee/tmp" "$pc/overlay"

# A whole copy of /etc, not single files bound over: a file replaced by rename cannot be a mount point.
cp -a /etc "$pc/etc"
cp "$run/hosts" "$pc/etc/hosts"
rm -f "$pc/etc/resolv.conf"
printf 'nameserver %s\noptions timeout:1 attempts:1\n' 203.0.113.53 > "$pc/etc/resolv.conf"
printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\nprotocols: files\n' > "$pc/etc/nsswitch.conf"
# The host's people do not exist on this machine; its one employee does.
awk -F: -v OFS=: -v pc="$pc" '$1=="root"{$6=pc"/home/root"} $3<1000||$3==65534' /etc/passwd > "$pc/etc/passwd"
echo "employee:x:$uid:$uid:Lab employee:$pc/home/employee:/bin/sh" >> "$pc/etc/passwd"
echo "employee:x:$uid:" >> "$pc/etc/group"
: > "$pc/etc/environment"
mount --bind "$pc/etc" /etc

# These folders stay readable (this program may stand in a home), but what is written there is the pc's alone.
for folder in /usr/local/share /root /home; do
  mkdir -p "$pc/overlay$folder/upper" "$pc/overlay$folder/work"
  mount -t overlay -o "lowerdir=$folder,upperdir=$pc/overlay$folder/upper,workdir=$pc/overlay$folder/work" overlay "$folder"
done

# The lab's upstream CA plays the public CAs.
cp "$run/upstream-ca.pem" /usr/local/share/ca-certificates/lab-upstream.crt
update-ca-certificates > /dev/null 2>&1
if command -v certutil > /dev/null; then
  nss=$pc/home/employee/.pki/nssdb
  mkdir -p "$nss"
  certutil -N -d "sql:$nss" --empty-password
  certutil -A -d "sql:$nss" -t C,, -n "AktoDivert lab upstream CA" -i "$run/upstream-ca.pem"
fi
chown -R "$uid:$uid" "$pc/home/employee"

echo READY
exec cat > /dev/null
