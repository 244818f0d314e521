#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Memory that this process can still allocate.
public enum ProcessMemory {
    /// Bytes of the machine's memory.
    public static var machineByteCount: Int { sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) }

    /// Bytes that this process can still allocate under its limits (`ulimit -v` and `ulimit -d`); nil without limits.
    public static var remainingByteCount: Int? {
        #if canImport(Glibc)
            let pages = pageCounts
            // Total size and private memory: the fields that the kernel compares with the two limits.
            return [remaining(Int32(RLIMIT_AS.rawValue), taken: pages.first), remaining(Int32(RLIMIT_DATA.rawValue), taken: pages.dropFirst(5).first)]
                .compactMap(\.self).min()
        #else
            return nil
        #endif
    }

    #if canImport(Glibc)
        private static func remaining(_ resource: Int32, taken pageCount: Int?) -> Int? {
            var limit = rlimit()
            guard getrlimit(resource, &limit) == 0, limit.rlim_cur < rlim_t(Int.max) else { return nil }
            return max(0, Int(limit.rlim_cur) - (pageCount ?? 0) * sysconf(Int32(_SC_PAGESIZE)))
        }

        /// The numbers in /proc/self/statm; empty if there is no such file.
        private static var pageCounts: [Int] {
            let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return [] }
            defer { close(descriptor) }
            var text = [UInt8](repeating: 0, count: 200)
            let count = max(0, read(descriptor, &text, text.count))
            return String(decoding: text.prefix(count), as: UTF8.self).split { $0 == " " || $0 == "\n" }.compactMap { Int($0) }
        }
    #endif
}
