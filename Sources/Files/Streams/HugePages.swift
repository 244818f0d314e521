import Glibc

/// Asks the kernel to give memory that isn't used yet in pages of 2 MiB: then it is filled two to three times as fast. Does nothing to less than 4 MiB,
/// nor where the system has no such pages.
func preferHugePages(_ memory: UnsafeMutableRawBufferPointer) {
    let pageByteCount = 1 << 12
    guard memory.count >= 4 << 20, let address = memory.baseAddress else { return }
    let begin = address.alignedUp(toMultipleOf: pageByteCount)
    // The whole pages within `memory`. The advice changes nothing of their contents.
    let byteCount = (memory.count - (begin - address)) / pageByteCount * pageByteCount
    _ = madvise(begin, byteCount, MADV_HUGEPAGE)
}
