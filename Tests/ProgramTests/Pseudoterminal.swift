import Foundation

/// A pseudoterminal whose other end the test reads.
final class Pseudoterminal {
    /// The end for a program's output.
    let shown: FileHandle
    private let master: Int32

    init(columnCount: Int) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (isLocked, number): (Int32, UInt32) = (0, 0)
        // The system calls of unlockpt and ptsname, which Swift's Glibc doesn't import: TIOCSPTLCK and TIOCGPTN.
        guard master >= 0, ioctl(master, 0x4004_5431, &isLocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else { throw POSIXError(.ENXIO) }
        let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard slave >= 0 else { throw POSIXError(.ENXIO) }
        shown = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        resize(columnCount: columnCount)
    }

    deinit { close(master) }

    func resize(columnCount: Int) {
        var size = winsize(ws_row: 40, ws_col: UInt16(columnCount), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Reads until output has come and nothing more has for 20 ms; for at most 10 seconds.
    func readUntilPause(into screen: inout TerminalScreen) {
        let (before, end) = (screen, ContinuousClock.now + .seconds(10))
        repeat { read(into: &screen, seconds: 0.02) } while screen == before && ContinuousClock.now < end
        var last: TerminalScreen
        repeat {
            last = screen
            read(into: &screen, seconds: 0.02)
        } while screen != last && ContinuousClock.now < end
    }

    /// Reads for the given number of seconds and shows the output on `screen`.
    func read(into screen: inout TerminalScreen, seconds: Double) {
        let end = ContinuousClock.now + .seconds(seconds)
        var bytes = [UInt8](repeating: 0, count: 65536)
        while ContinuousClock.now < end {
            let count = Foundation.read(master, &bytes, bytes.count)
            // A character or a sequence may arrive in two pieces: an incomplete one waits for the rest.
            if count > 0 { waiting += bytes[..<count] } else { Thread.sleep(forTimeInterval: 0.01) }
            let whole = waiting.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            if count <= 0 {
                screen.write(String(decoding: waiting, as: UTF8.self))
                waiting = []
            } else if whole > 0 {
                screen.write(String(decoding: waiting[..<whole], as: UTF8.self))
                waiting = Array(waiting[whole...])
            }
        }
    }

    private var waiting: [UInt8] = []
}
