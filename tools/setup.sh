# Sourced by run.sh and test.sh: says what is missing, installs what Debian has. Prints nothing when all is there.

require_root() {
  [ "$(id -u)" = 0 ] && return
  echo "$1 needs root (it loads BPF programs and makes network namespaces). Call it as: sudo $1 ${*:2}" >&2
  exit 4
}

require_dotnet() {
  if command -v dotnet >/dev/null && dotnet --list-sdks | grep -q '^10\.'; then return; fi
  echo "The .NET 10 SDK is missing. Install it as https://learn.microsoft.com/dotnet/core/install/linux-debian describes (package dotnet-sdk-10.0), then call this again." >&2
  exit 2
}

# The Linux programs that ship are native: what compiles them asks for a C compiler to link them.
require_linker() {
  command -v clang >/dev/null || command -v gcc >/dev/null && return
  [ "$(id -u)" = 0 ] && install_packages clang && return
  echo "A C compiler is missing, which links the native program. Install Debian's package clang, then call this again." >&2
  exit 2
}

# install_packages NAME...: installs the Debian packages that are not there yet, in one go.
install_packages() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed$' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  echo "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq -o DPkg::Lock::Timeout=300 update >/dev/null || echo "apt-get update failed; trying with the lists at hand" >&2
  if ! apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" >/tmp/aktodivert-apt.$$ 2>&1; then
    tail -n 20 "/tmp/aktodivert-apt.$$" >&2
    echo "These Debian packages could not be installed: ${missing[*]}" >&2
    exit 1
  fi
  rm -f "/tmp/aktodivert-apt.$$"
}

# Node.js brings npm in its own packages from some vendors, and in a second one from Debian.
install_node() {
  command -v node >/dev/null || install_packages nodejs
  command -v npm >/dev/null || install_packages npm
}
