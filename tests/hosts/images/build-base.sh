#!/bin/sh
# Builds the base image of the test hosts: build-base.sh IMAGE FOLDER SUITE
set -eu
image=$1
folder=$2
suite=$3
here=$(dirname "$0")
# The sources of this machine, of the release that is asked for.
apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT) $(LABEL)' 'Created-By: Packages' \
  | awk -v suite="$suite" '$4 ~ /^Debian/ {sub(/^[a-z]+/, suite, $2); print "deb", $1, $2, $3}' > "$folder/repos.list"
mmdebstrap --quiet --variant=minbase --mode=root \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --include=systemd-sysv,dbus,openssh-server,iproute2,sudo,nftables,procps,ca-certificates \
  --customize-hook="sh $here/base.sh \"\$1\"" "$suite" "$folder/base.tar" "$folder/repos.list"
podman import --quiet --change 'CMD ["/lib/systemd/systemd"]' --change 'STOPSIGNAL SIGRTMIN+3' \
  --change 'LABEL sen-test-hosts=1' "$folder/base.tar" "$image" > /dev/null
rm "$folder/base.tar"
