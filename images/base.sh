#!/bin/sh
# Makes the Debian system that the image stands on, from the machine's own mirror: base.sh IMAGE FOLDER
# SOURCE_DATE_EPOCH dates every file of it.
set -eu
image=$1
folder=$2
apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT) $(LABEL)' 'Created-By: Packages' \
  | awk '$4 ~ /^Debian/ {print "deb", $1, $2, $3}' > "$folder/sources.list"
mmdebstrap --quiet --variant=minbase --mode=root \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/i18n/*' \
  --aptopt='APT::Install-Recommends "false"' \
  --include=python3,ca-certificates,tzdata,libpango-1.0-0,libpangoft2-1.0-0,libharfbuzz-subset0,fonts-liberation2 \
  bookworm "$folder/base.tar" "$folder/sources.list"
podman import --quiet --change 'LABEL sen-image=base' "$folder/base.tar" "$image" > /dev/null
rm "$folder/base.tar"
