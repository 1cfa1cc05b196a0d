#!/bin/sh
# Installs textback from its repository: curl -fsSL @URL@/install.sh | sudo sh
#
# It does what these lines do, after a look whether the system will do:
#
#     sudo curl -fsSL @URL@/textback-archive-keyring.gpg -o /usr/share/keyrings/textback-archive-keyring.gpg
#     sudo curl -fsSL @URL@/textback.sources -o /etc/apt/sources.list.d/textback.sources
#     sudo apt-get update && sudo apt-get install textback
set -eu

url="@URL@"
ring=/usr/share/keyrings/textback-archive-keyring.gpg
sources=/etc/apt/sources.list.d/textback.sources
settings=/etc/textback/config.ini

stop() {
	echo "textback: $1" >&2
	exit 1
}

get() {
	if command -v curl >/dev/null; then
		curl -fsSL "$1" -o "$2"
	else
		wget -qO "$2" "$1"
	fi || stop "$1 cannot be fetched. Is this machine on the internet?"
	chmod 644 "$2"
}

# All of it is read before any of it is done: a connection that breaks leaves no half of it.
main() {
	command -v dpkg >/dev/null || stop "this needs Raspberry Pi OS or Debian, 12 or 13."
	case "$(dpkg --print-architecture)" in
	amd64 | arm64) ;;
	*) stop "this system is not a 64-bit one ($(dpkg --print-architecture)). Write the 64-bit Raspberry Pi OS to the card, then try again." ;;
	esac
	codename="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")"
	case "$codename" in
	bookworm | trixie) ;;
	*) stop "this system is ${codename:-unknown}; it needs Raspberry Pi OS or Debian 12 (bookworm) or 13 (trixie)." ;;
	esac
	[ "$(id -u)" = 0 ] || stop "only root may install: curl -fsSL $url/install.sh | sudo sh"
	install -d /usr/share/keyrings
	get "$url/textback-archive-keyring.gpg" "$ring"
	get "$url/textback.sources" "$sources"
	apt-get update
	DEBIAN_FRONTEND=noninteractive apt-get install --yes textback
	# From where it came it hears of newer releases, unless somebody has said otherwise.
	case "$url" in
	http*) runuser -u textback -- sed -i "/^\[updates\]/,/^\[/ s|^url =\$|url = $url/textback.json|" "$settings" ;;
	esac
}

main </dev/null
