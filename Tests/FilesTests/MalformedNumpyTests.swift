import FileFixtures
import Files
import Foundation
import Testing

@Suite("NumPy files that aren't read")
struct MalformedNumpyTests {
    private static func fault(_ bytes: [UInt8], reading: (NumpyReader) throws(FileError) -> Void = { _ throws(FileError) in }) throws -> NumpyFault? {
        let directory = try TemporaryDirectory(inMemory: true)
        let path = try directory.file("a.npy", bytes)
        do throws(FileError) {
            try reading(.open(path))
        } catch .numpy(path, let fault) {
            #expect("\(fault)".utf8.count < 700)
            return fault
        } catch {
            Issue.record("\(error)")
        }
        return nil
    }

    @Test("each way in which a header is wrong has its own error")
    func headers() throws {
        let valid = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
        let eight = [UInt8](repeating: 0, count: 8)
        #expect(try Self.fault(numpyFile(valid, eight)) == nil)
        #expect(try Self.fault(numpyFile("{ \"shape\":(2L,),'descr':'<f4','fortran_order':False}  \n", eight)) == nil)
        #expect(try Self.fault([]) == .notNumpy)
        #expect(try Self.fault(Array("a,b\n1,2\n".utf8)) == .notNumpy)
        let bytes = numpyFile(valid, eight)
        for count in 6..<10 + valid.utf8.count { #expect(try Self.fault(Array(bytes.prefix(count))) == .endsInHeader, "\(count)") }
        #expect(try Self.fault(Array(bytes[..<6] + [4, 0] + bytes[8...])) == .versionUnsupported(major: 4, minor: 0))
        #expect(try Self.fault(Array(bytes[..<6] + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF])) == .headerTooLong(found: 0xFFFF_FFFF, limit: 1 << 20))

        let cases: [(part: String, replacement: String, fault: NumpyFault)] = [
            ("'descr': '<f4', ", "", .keyMissing(key: "descr")),
            ("'fortran_order': False, ", "", .keyMissing(key: "fortran_order")),
            ("'shape': (2,), ", "'shape': (2,), 'shape': (2,), ", .keyTwice(key: "shape")),
            ("'shape': (2,), ", "'shape': (2,), 'order': 'C'", .keyUnknown(key: "order")),
            ("False", "false", .headerMalformed(offset: 34, found: "false, 'shape': (2,)", wanted: "True or False")),
            ("(2,)", "(2)", .headerMalformed(offset: 52, found: "), }", wanted: "a comma")),
            ("(2,)", "[2]", .headerMalformed(offset: 50, found: "[2], }", wanted: "'('")),
            ("(2,)", "(two,)", .headerMalformed(offset: 51, found: "two,), }", wanted: "a size")),
            ("(2,)", "(-2,)", .sizeImpossible(found: "-2")),
            ("(2,)", "(9223372036854775808,)", .sizeImpossible(found: "9223372036854775808")),
            ("(2,)", "(9223372036854775807,)", .shapeOverflows(shape: [.max])),
            ("(2,)", "(4294967296, 4294967296)", .shapeOverflows(shape: [1 << 32, 1 << 32])),
            ("(2,)", "(\(String(repeating: "1,", count: 65)))", .tooManyDimensions(limit: 64)),
            ("(2,)", "(3,)", .sizeDiffers(found: 8, wanted: 12, shape: [3], code: "<f4")),
            ("(2,)", "(1,)", .sizeDiffers(found: 8, wanted: 4, shape: [1], code: "<f4")),
            ("(2,)", "(1099511627776,)", .sizeDiffers(found: 8, wanted: 1 << 42, shape: [1 << 40], code: "<f4")),
            ("(2,)", "(9223372036854775807, 0)", .sizeDiffers(found: 8, wanted: 0, shape: [.max, 0], code: "<f4")),
            (", }", ", ", .headerMalformed(offset: 56, found: "", wanted: "'''")),
            (", }", ", } 1", .headerMalformed(offset: 58, found: "1", wanted: "the end")),
            ("'<f4'", "'<f4", .headerMalformed(offset: 17, found: "fortran_order': Fals", wanted: "'}'")),
            ("'<f4'", "u'<f4'", .headerMalformed(offset: 10, found: "u'<f4', 'fortran_ord", wanted: "'''")),
            ("'<f4'", "'\\x3cf4'", .headerMalformed(offset: 11, found: "\\x3cf4', 'fortran_or", wanted: "a text in ASCII")),
            ("'<f4'", "'|f4'", .typeUnknown(code: "|f4")), ("'<f4'", "'f4'", .typeUnknown(code: "f4")), ("'<f4'", "''", .typeUnknown(code: "")),
            ("'<f4'", "'<i3'", .typeUnknown(code: "<i3")), ("'<f4'", "'<U99999999999999999999'", .typeUnknown(code: "<U99999999999999999999")),
            ("'<f4'", "'|O'", .objects),
        ]
        for (part, replacement, fault) in cases {
            #expect(try Self.fault(numpyFile(valid.replacingOccurrences(of: part, with: replacement), eight)) == fault, "\(replacement)")
        }
    }

    @Test("objects, structures, complex numbers, dates, long doubles and raw bytes are refused, with what to save instead")
    func types() throws {
        let archive = try NumpyArchiveReader.open(NumpyFixture.stored + "/refused.npz")
        let advice = [
            "objects": "np.array(list, dtype='float32')", "structured": "np.savez('data.npz', x=array['x'])",
            "subarray": "np.savez('data.npz', x=array['x'])", "complex64": "array.real and array.imag", "datetime64": "array.astype('int64')",
            "longdouble": "array.astype('float64')", "void": "array.astype('float32')",
        ]
        #expect(Set(archive.names) == Set(advice.keys))
        for name in archive.names {
            let error = #expect(throws: FileError.self) { try archive.array(named: name) }
            let text = "\(error.map { "\($0)" } ?? "")"
            #expect(text.hasPrefix("\(NumpyFixture.stored)/refused.npz, array '\(name)': it") && text.contains(advice[name] ?? "?"), "\(text)")
        }
        #expect(throws: FileError.numpy(path: NumpyFixture.stored + "/refused.npz", fault: .noSuchArray(name: "x", names: archive.names))) {
            try archive.array(named: "x")
        }
    }

    @Test("values that aren't what their dtype says, or can't be represented, are named by their index")
    func values() throws {
        let asDoubles = { (array: NumpyReader) throws(FileError) in _ = try array.doubles(atMost: 1 << 20) }
        let asFloats = { (array: NumpyReader) throws(FileError) in _ = try array.floats(atMost: 1 << 20) }
        let asTexts = { (array: NumpyReader) throws(FileError) in _ = try array.texts(atMost: 1 << 20) }
        #expect(try Self.fault(numpyFile("|b1", "(2, 2)", [0, 1, 2, 0]), reading: asDoubles) == .notBoolean(position: [1, 0], found: "2"))
        #expect(try Self.fault(numpyFile("|b1", "(2, 2)", [0, 1, 2, 0], order: "True"), reading: asDoubles) == .notBoolean(position: [0, 1], found: "2"))
        let exact: [UInt8] = [0, 0, 0, 0, 0, 0, 0x20, 0]  // 2⁵³
        let odd: [UInt8] = [1, 0, 0, 0, 0, 0, 0x20, 0]  // 2⁵³ + 1
        let fault = NumpyFault.notExact(position: [1], found: "9007199254740993", wanted: "float64")
        #expect(try Self.fault(numpyFile("<i8", "(2,)", exact + odd), reading: asDoubles) == fault)
        #expect(try Self.fault(numpyFile(">i8", "(2,)", Array((odd + exact).reversed())), reading: asDoubles) == fault)
        #expect(try Self.fault(numpyFile("<u8", "()", [UInt8](repeating: 0xFF, count: 7) + [0xFF]), reading: asFloats)
            == .notExact(position: [], found: "18446744073709551615", wanted: "float32"))
        #expect(try Self.fault(numpyFile("<i4", "(1,)", [1, 0, 0, 1]), reading: asFloats) == .notExact(position: [0], found: "16777217", wanted: "float32"))
        // 1e300
        #expect(try Self.fault(numpyFile("<f8", "(1,)", [0x9C, 0x75, 0, 0x88, 0x3C, 0xE4, 0x37, 0x7E]), reading: asFloats)
            == .notExact(position: [0], found: "1e+300", wanted: "float32"))
        #expect(try Self.fault(numpyFile("<U1", "(2,)", [0x61, 0, 0, 0, 0, 0xD8, 0, 0]), reading: asTexts) == .textMalformed(position: [1], code: "<U1"))
        #expect(try Self.fault(numpyFile("|S2", "(1,)", [0xC3, 0x28]), reading: asTexts) == .textMalformed(position: [0], code: "|S2"))
        // Texts of no width take no bytes in the file, and may claim to be any number.
        #expect(try Self.fault(numpyFile("<U0", "(1152921504606846976,)", []), reading: asTexts)
            == .tooLarge(found: .max, limit: 1 << 20, shape: [1 << 60]))
    }
}
