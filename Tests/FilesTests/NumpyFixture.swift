import Files
import Foundation
import StrictJSON

/// Arrays that Tests/Fixtures/make_numpy.py saved in a folder, and what NumPy says that they hold.
struct NumpyFixture {
    struct Array {
        let name: String
        let shape: [Int]
        /// In C order.
        let values: [String]
    }

    static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")
    static let stored = fixtures.appending(path: "numpy").path

    let arrays: [Array]

    init(folder: String) throws {
        let json = try JSONValue.parse([UInt8](try Data(contentsOf: URL(filePath: folder + "/values.json"))))
        arrays = (json.objectValue ?? []).map { member in
            Array(
                name: member.key, shape: member.value["shape"]?.arrayValue?.compactMap(\.integerValue) ?? [],
                values: member.value["values"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        }
    }

    subscript(name: String) -> Array? { arrays.first { $0.name == name } }
}

/// The file of an array: header of version 1.0, not padded, and the elements.
func numpyFile(_ header: String, _ elements: [UInt8] = []) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [1, 0] + little(header.utf8.count, 2) + Array(header.utf8) + elements
}

func numpyFile(_ code: String, _ shape: String, _ elements: [UInt8], order: String = "False") -> [UInt8] {
    numpyFile("{'descr': '\(code)', 'fortran_order': \(order), 'shape': \(shape), }", elements)
}
