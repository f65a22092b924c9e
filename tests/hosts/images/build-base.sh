#!/bin/sh
# Builds the base image of the test hosts: build-base.sh IMAGE FOLDER
set -eu
image=$1
folder=$2
here=$(dirname "$0")
apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT) $(LABEL)' 'Created-By: Packages' \
  | awk '$4 ~ /^Debian/ {print "deb", $1, $2, $3}' > "$folder/repos.list"
mmdebstrap --quiet --variant=minbase --mode=root \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --include=systemd-sysv,dbus,openssh-server,iproute2,sudo,nftables,procps,ca-certificates \
  --customize-hook="sh $here/base.sh \"\$1\"" bookworm "$folder/base.tar" "$folder/repos.list"
podman import --quiet --change 'CMD ["/lib/systemd/systemd"]' --change 'STOPSIGNAL SIGRTMIN+3' \
  --change 'LABEL sen-test-hosts=1' "$folder/base.tar" "$image" > /dev/null
rm "$folder/base.tar"
