import CProcess
import Glibc
import Kernels

/// Makes exceeded process limits errors like others, or a message and an exit code. Call it first.
func prepareForLimits() {
    endProcessWhenRefused(71)
    if ProcessMemory.remainingByteCount != nil { reserveNoMemoryForThreads() }
    // Writing then fails with an error code: the file may not grow, or the reader is gone.
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    // If ignored by inheritance, we couldn't wait for child processes.
    signal(SIGCHLD, SIG_DFL)
    signal(SIGXCPU) { _ in
        let text: StaticString = "lstm-train: the limit of processor time (ulimit -t) is used up.\n"
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
        _exit(71)
    }
    guard provideStack(8 << 20) >= leastStackByteCount else {
        printError("lstm-train: the stack of this process may not grow beyond \(provideStack(8 << 20) >> 10) kB. Raise the limit to 8 MB: ulimit -s 8192")
        exit(71)
    }
    guard raisedDescriptorLimit() >= leastDescriptorCount else {
        printError("lstm-train: this process may open \(raisedDescriptorLimit()) files at once; \(leastDescriptorCount) are wanted. Raise the limit: ulimit -n 1024")
        exit(71)
    }
    touchStack(leastStackByteCount / 2)
}

/// Several times the stack that is ever used.
private let leastStackByteCount = 512 << 10

/// Dispatch, the Swift runtime and MPI need descriptors, and crash without.
private let leastDescriptorCount: rlim_t = 24

/// The limit of open files, after raising it as far as possible.
private func raisedDescriptorLimit() -> rlim_t {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return leastDescriptorCount }
    guard limit.rlim_cur < 1024, limit.rlim_cur < limit.rlim_max else { return limit.rlim_cur }
    limit.rlim_cur = min(1024, limit.rlim_max)
    return setrlimit(resource, &limit) == 0 ? limit.rlim_cur : 0
}

/// Makes a limit of CPU time send a signal before it ends the process, so that there is time to save.
func leaveTimeToSave() {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_CPU.rawValue)
    guard getrlimit(resource, &limit) == 0, limit.rlim_max != rlim_t.max, limit.rlim_max >= 2 else { return }
    // A twentieth of the limit, at least some seconds, since all threads use it up together.
    let reserve = min(limit.rlim_max / 2, max(5, limit.rlim_max / 20))
    limit.rlim_cur = min(limit.rlim_cur, limit.rlim_max - reserve)
    setrlimit(resource, &limit)
}
