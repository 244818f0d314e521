import Glibc

/// An open file, pipe or device, from where it stands to its end.
final class SequentialStream: ByteStream {
    private let file: OpenFile

    init(_ file: consuming OpenFile) { self.file = file }

    func read(into memory: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        var count = 0
        while count < memory.count {
            // The pointer and the rest of the memory are valid during the call. One that asks for more than 2 GiB gets less.
            let found = try checked("read", file.path) { Glibc.read(file.descriptor, memory.baseAddress.map { $0 + count }, memory.count - count) }
            if found == 0 { break }
            count += found
        }
        return count
    }
}
