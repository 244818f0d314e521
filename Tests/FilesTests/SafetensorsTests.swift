import FileFixtures
import Files
import Foundation
import SeededRandomness
import Testing

@Suite("Safetensors, well formed")
struct SafetensorsTests {
    @Test("What is written reads back to the bit, whatever the shape and the figures")
    func roundTrip() throws {
        var numbers = SeededGenerator.announced("roundTrip")
        let directory = try TemporaryDirectory()
        let dimensions = [[], [0], [1], [7], [3, 5], [0, 4], [4, 0, 2], [2, 3, 4, 5]]
        let tensors = dimensions.enumerated().map { TensorShape(name: "t\($0) \"größe\"\n", dimensions: $1) }
        let values = tensors.map { awkwardFloats($0.elementCount, &numbers) }
        let path = directory.path + "/a.safetensors"
        var writer = try SafetensorsWriter(path: path, tensors: tensors, metadata: ["format": "pt", "": "empty key"])
        for value in values { try writer.write(value.span) }
        let written = try writer.finish()
        let file = try bytes(of: path)
        #expect(written.byteCount == file.count)
        #expect(try written.sha256 == SHA256.hex(of: file))

        let reader = try SafetensorsFile.open(path)
        #expect(reader.metadata == ["format": "pt", "": "empty key"])
        #expect(Set(reader.entries.map(\.name)) == Set(tensors.map(\.name)))
        for (tensor, value) in zip(tensors, values) {
            let entry = try reader.entry(named: tensor.name)
            #expect(entry.shape == tensor)
            var room = [Float](repeating: 7, count: tensor.elementCount + 2)
            var span = room.mutableSpan
            try reader.read(entry, into: &span, at: 1)
            #expect(bits(room) == bits([7] + value + [7]), "\(tensor)")
        }
    }

    @Test("Data begins at a multiple of 64 bytes and lies in the order given", arguments: 0..<70)
    func alignment(nameLength: Int) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.safetensors"
        let tensors = [TensorShape(name: "z" + String(repeating: "y", count: nameLength), dimensions: [1]), TensorShape(name: "a", dimensions: [2])]
        var writer = try SafetensorsWriter(path: path, tensors: tensors)
        let (one, two): ([Float], [Float]) = ([1], [2, 3])
        try writer.write(one.span)
        try writer.write(two.span)
        let written = try writer.finish()
        #expect((written.byteCount - 12) % 64 == 0)
        #expect(try bytes(of: path).suffix(12) == [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40])
        #expect(try SafetensorsFile.open(path).entries.map(\.name) == tensors.map(\.name))
    }

    /// As Python's safetensors 0.6 writes {"b": F32 [1, 3], "a": F32 [], "none": F32 [0, 3], "step": I64 [1]} with two metadata texts.
    static let pythonHeader =
        #"{"__metadata__":{"format":"np","note":"größe \" \n"},"step":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"#
        + #""a":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[1,3],"data_offsets":[12,24]},"#
        + #""none":{"dtype":"F32","shape":[0,3],"data_offsets":[24,24]}}       "#
    static let pythonData: [UInt8] = [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x3F, 0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0x50, 0x40]

    @Test("A file that Python's safetensors wrote is read; a type other than F32 is listed, and named when it is asked for")
    func pythonFile() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("python.safetensors", [0x20, 1, 0, 0, 0, 0, 0, 0] + Array(Self.pythonHeader.utf8) + Self.pythonData)
        let file = try SafetensorsFile.open(path)
        #expect(file.metadata == ["format": "np", "note": "größe \" \n"])
        #expect(file.entries.map(\.name) == ["step", "a", "b", "none"])
        var values = [Float](repeating: 7, count: 4)
        var span = values.mutableSpan
        try file.read(file.entry(named: "a"), into: &span)
        try file.read(file.entry(named: "b"), into: &span, at: 1)
        try file.read(file.entry(named: "none"), into: &span, at: 4)
        #expect(values == [0.5, 1.5, -2, 3.25])

        let step = try file.entry(named: "step")
        #expect(step.type == .int64 && step.shape.dimensions == [1])
        var room: [Float] = [7, 7]
        var roomSpan = room.mutableSpan
        do {
            try file.read(step, into: &roomSpan)
            Issue.record("I64 was read as F32")
        } catch {
            #expect(error == .safetensors(path: path, fault: .typeUnsupported(tensor: "step", found: "I64", wanted: "F32")))
        }
        #expect(room == [7, 7])
        #expect(throws: FileError.safetensors(path: path, fault: .noSuchTensor(tensor: "c"))) { _ = try file.entry(named: "c") }
    }

    @Test("A file of a tebibyte is opened at once: tensors cost nothing before they are read")
    func sparse() throws {
        let directory = try TemporaryDirectory()
        let header = #"{"big":{"dtype":"F32","shape":[524288,524288],"data_offsets":[0,1099511627776]}}"#
        let path = try directory.file("sparse.safetensors", [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8))
        guard truncate(path, off_t(8 + header.utf8.count + 1_099_511_627_776)) == 0 else { return }  // a file system without holes
        #expect(try SafetensorsFile.open(path).entries.map(\.shape.dimensions) == [[524_288, 524_288]])
    }

    @Test("An empty tensor may have dimensions whose product without the 0 no integer holds")
    func hugeEmpty() throws {
        let directory = try TemporaryDirectory()
        let header = #"{"none":{"dtype":"F32","shape":[\#(Int.max),\#(Int.max),0],"data_offsets":[0,0]}}"#
        let path = try directory.file("empty.safetensors", [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8))
        let file = try SafetensorsFile.open(path)
        var room: [Float] = [7]
        var span = room.mutableSpan
        try file.read(file.entry(named: "none"), into: &span, at: 1)
        #expect(room == [7] && file.entries.map(\.shape.elementCount) == [0])
    }

    @Test("A writer never touches a file that is there already")
    func existing() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("a.safetensors", [1, 2, 3])
        let thrown = #expect(throws: FileError.self) { _ = try SafetensorsWriter(path: path, tensors: []) }
        #expect(thrown == .system(operation: "open", path: path, code: EEXIST))
        #expect(try bytes(of: path) == [1, 2, 3])
    }
}
