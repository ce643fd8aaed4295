#!/bin/sh
# Readies .venv for one of the Makefile's targets; a second run finds nothing to do.
#
#   sh scripts/setup.sh app [auto|embedded|full]   what `make app` needs on this machine
#   sh scripts/setup.sh test                       everything, the test tools and a browser
#
# PYTHON=/path/to/python chooses the interpreter (3.11 to 3.13).
set -eu
cd "$(dirname "$0")/.."

VENV=.venv
UNFINISHED=$VENV/.installing # holds the process that installs
PIP="$VENV/bin/python -m pip --disable-pip-version-check"
EMBEDDED_MB=2500 # free disk while installing: 1.2 GB stay, the rest is pip's cache and unpacking
FULL_MB=14000    # 7 GB stay: torch's wheels for Linux carry CUDA

say() { printf '%s\n' "ggedit: $*" >&2; }
fail() {
    say "$@"
    exit 1
}

is_debian() { [ -e /etc/debian_version ] && command -v apt-get >/dev/null; }
may_install() { is_debian && [ "$(id -u)" = 0 ]; }
has_gpu() { nvidia-smi -L 2>/dev/null | grep -q '^GPU'; }

# What a Debian package is called elsewhere, so that the advice can be pasted.
elsewhere() {
    case $1 in
        python3-venv) echo python3 ;;
        libgl1) echo mesa-libGL ;;
        libglib2.0-0) echo glib2 ;;
        libxcb1) echo libxcb ;;
        *) echo "$1" ;;
    esac
}

# Installs Debian packages as root, else prints the one line that does and stops.
need_packages() {
    if may_install; then
        say "installing $* with apt-get"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
        return
    fi
    if is_debian; then
        fail "something is missing; this line installs it: sudo apt-get install -y $*"
    elif command -v dnf >/dev/null; then
        fail "something is missing; this line installs it: sudo dnf install -y $(for p in "$@"; do elsewhere "$p"; done | xargs)"
    else
        fail "something is missing; install what your system calls: $*"
    fi
}

# Python -----------------------------------------------------------------------------------

in_range() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }
makes_venvs() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

# Prints the first Python that runs, is in range and can make environments.
find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 /usr/bin/python3}; do
        if in_range "$candidate" && makes_venvs "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

need_python() {
    find_python >/dev/null && return
    if [ -n "${PYTHON:-}" ]; then
        fail "PYTHON=$PYTHON is not a Python 3.11 to 3.13 with the venv module."
    fi
    newest=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || echo none)
    case $newest in
        none | 3.11 | 3.12 | 3.13) need_packages python3-venv ;;
    esac
    find_python >/dev/null || fail "Python 3.11, 3.12 or 3.13 is needed, found ${newest}; install one and name it: make app PYTHON=/path/to/python3.12"
}

# Shared libraries -------------------------------------------------------------------------

loads() { "$(find_python)" -c "import ctypes; ctypes.CDLL('$1')" 2>/dev/null; }

# What `import cv2` links against and no wheel carries.
need_libraries() {
    [ "$(uname -s)" = Linux ] || return 0
    missing=
    loads libGL.so.1 || missing="$missing libgl1"
    loads libgthread-2.0.so.0 || missing="$missing libglib2.0-0"
    loads libxcb.so.1 || missing="$missing libxcb1"
    # shellcheck disable=SC2086  # several package names
    [ -z "$missing" ] || need_packages $missing
}

# Python packages --------------------------------------------------------------------------

need_disk() {
    free_mb=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
    [ "$free_mb" -ge "$1" ] || fail "$1 MB of free disk are needed here to install, there are $free_mb: free some, or move this folder."
}

# The environment works, and lies where it was made.
venv_is_sound() {
    in_range "$VENV/bin/python" && grep -qs "$PWD/$VENV/bin" "$VENV/bin/pip" && $PIP --version >/dev/null 2>&1
}

make_venv() {
    if [ -e "$UNFINISHED" ]; then
        running=$(cat "$UNFINISHED")
        if kill -0 "$running" 2>/dev/null; then
            fail "process $running is installing into $VENV already: wait for it."
        fi
        say "an earlier installation did not finish; making $VENV anew"
    elif [ -e "$VENV/bin/python" ]; then
        venv_is_sound && return
        say "$VENV was made elsewhere or no longer works; making it anew"
    fi
    "$(find_python)" -m venv --clear "$VENV"
}

# What an installed set depends on: its stamp holds this line.
wanted() {
    {
        pwd
        readlink -f "$VENV/bin/python" || true
        awk '/^\[/ { on = /^\[project/ } on' pyproject.toml
        cat requirements.txt
    } | cksum
}

is_ready() { [ -x "$VENV/bin/python" ] && [ "$(cat "$VENV/.ready-$1" 2>/dev/null)" = "$(wanted)" ]; }

# install_set NAME MEGABYTES PIP-ARGUMENTS...
install_set() {
    set_name=$1
    need_disk "$2"
    shift 2
    make_venv
    say "installing the $set_name packages into $VENV (one to five minutes, once)"
    echo $$ >"$UNFINISHED"
    # An older pip builds packages without a pyproject.toml in ways that newer setuptools refuse.
    if ! { $PIP install -qq --upgrade 'pip>=25.3' && $PIP install -qq "$@"; }; then
        fail "the installation failed, see above; the next run starts it again."
    fi
    rm "$UNFINISHED"
    wanted >"$VENV/.ready-$set_name"
}

need_set() {
    is_ready "$1" && return
    need_python
    need_libraries
    case $1 in
        embedded) install_set embedded "$EMBEDDED_MB" -e . ;;
        full) install_set full "$FULL_MB" -r requirements.txt -e . ;;
        test) install_set test "$FULL_MB" -r requirements.txt -e '.[test]' ;;
    esac
}

# A wider set serves where a narrower one is asked for.
need_one_of() {
    for set_name in "$@"; do
        is_ready "$set_name" && return
    done
    need_set "$1"
}

# Browser ----------------------------------------------------------------------------------

find_browser() { command -v "${CHROMIUM:-chromium}" || command -v google-chrome; }

# Chromium, a font (without any a page has no text), and what Playwright's driver links against.
want_browser() {
    missing=
    find_browser >/dev/null || missing="chromium fonts-dejavu-core"
    [ "$(uname -s)" != Linux ] || loads libatomic.so.1 || missing="$missing libatomic1"
    [ -n "$missing" ] || return 0
    if may_install; then
        # shellcheck disable=SC2086  # several package names
        need_packages $missing
    else
        say "the browser tests will be skipped; on Debian this line brings what they need: sudo apt-get install -y $missing"
    fi
}

case ${1:-} in
    app)
        tier=${2:-auto}
        if [ "$tier" = auto ]; then
            if has_gpu; then tier=full; else tier=embedded; fi
        fi
        case $tier in
            embedded) need_one_of embedded full test ;;
            full) need_one_of full test ;;
            *) fail "TIER is auto, embedded or full, not $tier." ;;
        esac
        ;;
    test)
        need_set test
        want_browser
        ;;
    *) fail "usage: sh scripts/setup.sh app [auto|embedded|full], or sh scripts/setup.sh test" ;;
esac
