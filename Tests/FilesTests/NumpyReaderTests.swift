import FileFixtures
import Files
import Foundation
import PythonEnvironment
import Testing

@Suite("Reading NumPy's arrays")
struct NumpyReaderTests {
    private static let limit = 1 << 24

    @Test("every dtype, in each byte order, in C and Fortran order, gives NumPy's shape and values, or says which one isn't exact")
    func everyType() throws {
        let fixture = try NumpyFixture(folder: NumpyFixture.stored)
        let archive = try NumpyArchiveReader.open(NumpyFixture.stored + "/arrays.npz")
        #expect(archive.names == fixture.arrays.map(\.name))
        for wanted in fixture.arrays { try Self.compare(archive.array(named: wanted.name), wanted) }
        let codes = Set(try archive.names.map { try archive.array(named: $0).type.code })
        #expect(codes.count == 25, "\(codes.sorted())")
    }

    @Test("real NumPy's arrays, of other numbers each time", .enabled(if: Python.withNumpy != nil, Comment(rawValue: Python.missing)))
    func realNumpy() throws {
        let folder = try TemporaryDirectory()
        let seed = Int.random(in: 0..<1 << 30)
        print("seed of 'realNumpy': \(seed)")
        let script = NumpyFixture.fixtures.appending(path: "make_numpy.py").path
        let made = try Python.run(try #require(Python.withNumpy), [script, folder.path, "\(seed)"])
        try #require(made.code == 0, "\(made.output)")
        let fixture = try NumpyFixture(folder: folder.path)
        let archive = try NumpyArchiveReader.open(folder.path + "/arrays.npz")
        try #require(fixture.arrays.count == archive.names.count && fixture.arrays.count > 50)
        for wanted in fixture.arrays { try Self.compare(archive.array(named: wanted.name), wanted) }
        try Self.compareDeflated(folder: folder.path, fixture)
    }

    @Test("numpy.savez_compressed's archive gives the same, also arrays longer than what is read at once")
    func deflated() throws {
        try Self.compareDeflated(folder: NumpyFixture.stored, NumpyFixture(folder: NumpyFixture.stored))
    }

    @Test("versions 1.0, 2.0 and 3.0 of the format give the same", arguments: 1...3)
    func versions(_ version: Int) throws {
        let fixture = try NumpyFixture(folder: NumpyFixture.stored)
        try Self.compare(.open(NumpyFixture.stored + "/version-\(version).npy"), #require(fixture["float32-c"]))
    }

    @Test("all 65,536 floats of 16 bits are the ones that the processor makes of them")
    func halves() throws {
        let directory = try TemporaryDirectory()
        let patterns = (0...UInt16.max).map { $0 }
        let path = try directory.file("a.npy", numpyFile("<f2", "(65536,)", patterns.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }))
        let found = try NumpyReader.open(path).floats(atMost: Self.limit)
        let wanted = patterns.map { Float(Float16(bitPattern: $0)) }
        #expect(zip(found, wanted).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN } && found.count == wanted.count)
    }

    @Test("each array is read within its memory and not within one byte less")
    func limits() throws {
        let array = try NumpyReader.open(NumpyFixture.stored + "/version-1.npy")
        #expect(try array.floats(atMost: 96).count == 24 && array.doubles(atMost: 192).count == 24)
        let fault = NumpyFault.tooLarge(found: 96, limit: 95, shape: [2, 3, 4])
        #expect(throws: FileError.numpy(path: array.path, fault: fault)) { try array.floats(atMost: 95) }
        #expect(throws: FileError.numpy(path: array.path, fault: .tooLarge(found: 192, limit: 191, shape: [2, 3, 4]))) { try array.doubles(atMost: 191) }
        let texts = try NumpyArchiveReader.open(NumpyFixture.stored + "/arrays.npz").array(named: "longTexts")
        let most = 3 * (16 + 32 + texts.type.byteCount)
        #expect(try texts.texts(atMost: most).count == 3)
        #expect(throws: FileError.numpy(path: texts.path, fault: .tooLarge(found: most, limit: most - 1, shape: [3]))) { try texts.texts(atMost: most - 1) }
    }

    private static func compareDeflated(folder: String, _ fixture: NumpyFixture) throws {
        let archive = try NumpyArchiveReader.open(folder + "/deflated.npz")
        try #require(archive.names == ["float32-c", "int64Big-fortran", "str96-c", "long"])
        for name in archive.names.dropLast() { try compare(archive.array(named: name), #require(fixture[name])) }
        let long = try archive.array(named: "long")
        #expect(long.isFortranOrder && long.shape == [3, 50, 300])
        #expect(try long.floats(atMost: limit) == (0..<45_000).map { Float($0 % 251) })
        #expect(try long.integers(atMost: limit) == (0..<45_000).map { Int64($0 % 251) })
    }

    /// Compares all that can be read of `array` with what NumPy says.
    private static func compare(_ array: NumpyReader, _ wanted: NumpyFixture.Array) throws {
        #expect(array.shape == wanted.shape, "\(wanted.name)")
        guard array.type.isNumeric else {
            #expect(try array.texts(atMost: limit).map { Array($0.utf8) } == wanted.values.map { Array($0.utf8) }, "\(wanted.name)")
            #expect(throws: FileError.numpy(path: array.path, fault: .notNumbers(code: array.type.code))) { try array.doubles(atMost: limit) }
            return
        }
        #expect(throws: FileError.numpy(path: array.path, fault: .notTexts(code: array.type.code))) { try array.texts(atMost: limit) }
        let isFloat = array.type.kind == .float
        let reals = wanted.values.map { Double($0) ?? -1 }
        let integers = isFloat ? [] : wanted.values.compactMap { Int128($0) }
        let doubles = isFloat ? reals.map { Optional($0) } : integers.map { Double(exactly: $0) }
        compare(wanted, doubles) { () throws(FileError) in try array.doubles(atMost: limit) }
        let floats = isFloat ? reals.map { Float($0).isInfinite && $0.isFinite ? nil : Float($0) } : integers.map { Float(exactly: $0) }
        compare(wanted, floats) { () throws(FileError) in try array.floats(atMost: limit) }
        compare(wanted, isFloat ? reals.map { Int64(exactly: $0) } : integers.map { Int64(exactly: $0) }) { () throws(FileError) in
            try array.integers(atMost: limit)
        }
    }

    /// - Parameter values: nil for those that can't be represented; then the error must name one of them.
    private static func compare<Value: Numeric & CustomStringConvertible>(
        _ array: NumpyFixture.Array, _ values: [Value?], _ read: () throws(FileError) -> [Value]
    ) {
        do throws(FileError) {
            let found = try read()
            // As text, so that NaN is the same as NaN, and -0 not as 0.
            #expect(found.map(\.description) == values.map { $0?.description ?? "none" }, "\(array.name)")
        } catch .numpy(_, .notExact(let position, let text, _)) {
            let place = zip(position, array.shape).reduce(0) { $0 * $1.1 + $1.0 }
            #expect(values[place] == nil, "\(array.name): \(position) is exact")
            #expect(Double(text)?.description == Double(array.values[place])?.description, "\(array.name)")
        } catch {
            Issue.record("\(array.name): \(error)")
        }
    }
}
