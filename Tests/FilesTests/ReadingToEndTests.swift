import FileFixtures
import Files
import Foundation
import Glibc
import Synchronization
import Testing

@Suite("Reading a file to its end")
struct ReadingToEndTests {
    @Test("A file is read whole, or up to the limit, whatever its size is beside a piece's", arguments: [0, 1, 4095, 4096, 4097, 1 << 20, (1 << 20) + 1, 3_000_000])
    func limits(byteCount: Int) throws {
        let directory = try TemporaryDirectory()
        let contents = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let path = try directory.file("a", contents)
        for limit in [0, 1, byteCount - 1, byteCount, byteCount + 1, .max] where limit >= 0 {
            #expect(try OpenFile.fromBeginning(path).readToEnd(atMost: limit) == Array(contents.prefix(limit)), "limit \(limit)")
        }
        #expect(try !OpenFile.fromBeginning(path).isDevice())
    }

    @Test("A file whose size is said to be 0 is read whole, and an endless device up to the limit")
    func sizes() throws {
        let file = try OpenFile.fromBeginning("/proc/self/status")
        #expect(try file.byteCount() == 0 && String(decoding: file.readToEnd(atMost: 1 << 20), as: UTF8.self).contains("VmHWM"))
        let zeros = try OpenFile.fromBeginning("/dev/zero")
        #expect(try zeros.isDevice() && zeros.readToEnd(atMost: 5_000_000) == [UInt8](repeating: 0, count: 5_000_000))
    }

    @Test("Lines end in LF or CR LF, or with the file; a line of more bytes than the limit is cut off after one more")
    func lines() throws {
        let directory = try TemporaryDirectory()
        let long = String(repeating: "x", count: 200_000)
        let path = try directory.file("a", Array("a\r\n\nb\rc\n\(long)\nend".utf8))
        var reader = try LineReader(ofFile: path)
        var lines: [String] = []
        while let line = try reader.next(atMost: 1 << 20) { lines.append(String(decoding: line, as: UTF8.self)) }
        #expect(lines == ["a", "", "b\rc", long, "end"])
        var cut = try LineReader(ofFile: "/dev/zero")
        #expect(try cut.next(atMost: 100_000)?.count == 100_001)
    }

    @Test("A folder, a missing file and a name with a zero byte give the reason")
    func refusals() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: FileError.system(operation: "read", path: directory.path, code: EISDIR)) { try OpenFile.fromBeginning(directory.path).readToEnd(atMost: 9) }
        let absent = directory.path + "/absent"
        let error = #expect(throws: FileError.system(operation: "open", path: absent, code: ENOENT)) { _ = try OpenFile.fromBeginning(absent) }
        #expect(error?.reason == "No such file or directory")
        let odd = try directory.file("a", [1]) + "\u{0}b"
        #expect(throws: FileError.zeroByteInName(path: odd)) { _ = try OpenFile.fromBeginning(odd) }
    }

    @Test("Signals interrupt neither the opening nor the reading of a pipe")
    func signals() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/pipe"
        try #require(mkfifo(path, 0o600) == 0)
        // A handler without SA_RESTART: system calls that wait return EINTR.
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        var before = sigaction()
        try #require(sigaction(SIGURG, &action, &before) == 0)
        defer { sigaction(SIGURG, &before, nil) }

        let reader = Mutex<pthread_t?>(nil)
        let result = Mutex<Result<[UInt8], FileError>?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            reader.withLock { $0 = pthread_self() }
            let found = Result { () throws(FileError) in try OpenFile.fromBeginning(path).readToEnd(atMost: 100) }
            result.withLock { $0 = found }
            isDone.signal()
        }
        /// Interrupts the reader, which waits for this thread unless a signal ended its work.
        func interrupt() throws {
            for _ in 0..<30 {
                usleep(2000)
                guard result.withLock({ $0 == nil }) else { return }
                if let thread = reader.withLock({ $0 }) { try #require(pthread_kill(thread, SIGURG) == 0) }
            }
        }
        try interrupt()
        let writer = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
        // Not there any more if the first signal ended its opening.
        try #require(writer >= 0, "no reader waits for the pipe: \(String(describing: result.withLock { $0 }))")
        try interrupt()
        #expect(Glibc.write(writer, "text", 4) == 4)
        try interrupt()
        close(writer)
        #expect(isDone.wait(timeout: .now() + 10) == .success)
        #expect(try result.withLock { $0 }?.get() == Array("text".utf8))
    }
}
