# shellcheck shell=bash
# What the scripts beside it share: they source it. Needs bash and Linux.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# The program that is run; LSTM_TRAIN names another build.
program=${LSTM_TRAIN:-$project/.build/release/lstm-train}

# fail CODE MESSAGE: one line, and the end.
fail() {
    printf '%s\n' "$2" >&2
    exit "$1"
}

# Ends with one line if Swift is missing or older than 6.2.
require_swift() {
    local remedy='Install Swift 6.2 or later from https://www.swift.org/install and put its bin directory on PATH.'
    command -v swift >/dev/null || fail 69 "Swift is missing. $remedy"
    local text version
    text=$(swift --version 2>/dev/null) || fail 69 "swift --version fails. $remedy"
    version=$(sed -nE 's/.*Swift version ([0-9]+)\.([0-9]+).*/\1 \2/p' <<<"$text" | head -n 1)
    local major=${version% *} minor=${version#* }
    [[ -n $version ]] || fail 69 "swift --version names no version. $remedy"
    ((major > 6 || (major == 6 && minor >= 2))) || fail 69 "Swift $major.$minor is too old. $remedy"
}

# install_missing [TOOL...]: installs the Debian packages that are missing, and those of the tools, as root or with sudo; says which; does
# nothing if all are there. A tool's package has its name.
install_missing() {
    local missing=() tool
    for tool; do command -v "$tool" >/dev/null || missing+=("$tool"); done
    command -v pkg-config >/dev/null || missing+=(pkg-config)
    command -v mpirun >/dev/null || missing+=(openmpi-bin)
    # Without pkg-config nothing can be asked; apt-get passes over what is there already.
    pkg-config --exists ompi-c 2>/dev/null || missing+=(libopenmpi-dev)
    pkg-config --exists libcrypto 2>/dev/null || missing+=(libssl-dev)
    pkg-config --exists zlib 2>/dev/null || missing+=(zlib1g-dev)
    # Recordings. LSTM_TRAIN_AUDIO=0 builds without them.
    if [[ ${LSTM_TRAIN_AUDIO:-} != 0 ]]; then
        pkg-config --exists sndfile 2>/dev/null || missing+=(libsndfile1-dev)
        pkg-config --exists samplerate 2>/dev/null || missing+=(libsamplerate0-dev)
        pkg-config --exists kissfft-float 2>/dev/null || missing+=(libkissfft-dev)
    fi
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null || fail 69 "Missing: ${missing[*]}. Install what your system calls these (Open MPI from 4.1, OpenSSL 3, zlib, pkg-config; for recordings libsndfile, libsamplerate, KissFFT)."
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get)
    if ((EUID != 0)); then
        command -v sudo >/dev/null || fail 77 "Missing: ${missing[*]}. Run as root: apt-get install ${missing[*]}"
        apt=(sudo "${apt[@]}")
    fi
    echo "Installing ${missing[*]}"
    local log
    log=$(mktemp)
    # Package lists may be absent or out of date: ask for new ones only if it doesn't go without.
    if ! "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
        if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
            tail -n 20 "$log" >&2
            rm -f "$log"
            fail 69 "Could not install ${missing[*]}."
        fi
    fi
    rm -f "$log"
}

# build_release [ARGUMENT...]: builds, quietly unless it fails.
# shellcheck disable=SC2120
build_release() {
    local log start=$SECONDS
    log=$(mktemp)
    echo 'Building (swift build -c release)'
    if ! swift build --package-path "$project" -c release "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        fail 70 'The build failed.'
    fi
    rm -f "$log"
    echo "Built in $((SECONDS - start)) s"
}

# Ends unless the program is there; builds it if it is this project's own.
require_program() {
    [[ -x $program ]] && return
    [[ -z ${LSTM_TRAIN:-} ]] || fail 66 "LSTM_TRAIN names $program, which is not an executable file."
    require_swift
    install_missing
    # shellcheck disable=SC2119
    build_release
}

# The processors that this process may run on, one a line.
allowed_processors() {
    local part parts
    IFS=, read -ra parts < <(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
    for part in "${parts[@]}"; do seq "${part%-*}" "${part#*-}"; done
}

# Cores that this process may run on; hardware threads of one core count once.
core_count() {
    local processor
    allowed_processors | while read -r processor; do
        cat "/sys/devices/system/cpu/cpu$processor/topology/thread_siblings_list" 2>/dev/null || echo "$processor"
    done | sort -u | wc -l
}

# Lets mpirun run as root, where this is root.
allow_root() {
    if ((EUID == 0)); then
        export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    fi
}

# mpi_flags N: sets the array flags to what mpirun needs to start N ranks here, each on its own share of the cores.
mpi_flags() {
    local rank_count=$1 cores share mapping
    cores=$(core_count)
    allow_root
    flags=(-n "$rank_count" --bind-to none)
    if ((rank_count > cores)); then
        flags+=(--oversubscribe)
        return
    fi
    # One rank owns all there is: unbound, it keeps the mask that it was started with.
    ((rank_count > 1)) || return 0
    share=$((cores / rank_count))
    # A rank's cores lie on one socket where they fit.
    for mapping in "socket:PE=$share" "slot:PE=$share"; do
        if stays_inside -n "$rank_count" --map-by "$mapping" --bind-to core; then
            flags=(-n "$rank_count" --map-by "$mapping" --bind-to core)
            return
        fi
    done
    echo "mpirun can't give each of $rank_count ranks its own cores here; they share all $cores." >&2
    # Its count of slots may be below that of cores that this process may use.
    flags+=(--oversubscribe)
}

# stays_inside FLAG...: whether mpirun accepts the flags and puts no rank outside the processors allowed here.
# It is tried, because mpirun counts cores from the machine's first, whatever taskset said before.
stays_inside() {
    local used
    used=$(export -f allowed_processors && mpirun "$@" bash -c allowed_processors 2>/dev/null) || return 1
    [[ -n $used ]] && [[ -z $(comm -23 <(sort -u <<<"$used") <(allowed_processors | sort -u)) ]]
}

# machines_in HOSTFILE: "name slots" a line. Open MPI takes a line without slots for one of as many as the machine has cores, and would
# put all ranks on the first: here it is one. Lines may end as Windows ends them, and a byte-order mark may come first.
machines_in() {
    LC_ALL=C awk '{ if (NR == 1) sub(/^\357\273\277/, ""); gsub(/\r/, ""); sub(/#.*/, "") }
         NF { slots = 1; for (i = 2; i <= NF; i++) if ($i ~ /^slots=[0-9]+$/) slots = substr($i, 7) + 0; print $1, slots }' "$1"
}
