import Files
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("words' vectors from a file")
    struct EmbeddingFileTests {
        private static func vector(_ place: Int) -> [Float] { (0..<10).map { Float(place) + Float($0) / 8 } }
        private static let vectors = (["zzz 1 1 1 1 1 1 1 1 1 1"] + ["the", "a"].enumerated().map { place, word in
            word + vector(place).map { " \($0)" }.joined()
        }).joined(separator: "\n") + "\n"

        private func folder() throws -> Folder {
            let folder = try Folder()
            try Work.words.prepare(in: folder)
            try folder.write(Self.vectors, "vectors.txt")
            return folder
        }

        private func floats(_ name: String, of file: SafetensorsFile) throws -> [Float] {
            let entry = try #require(file.entries.first { $0.name == name })
            var floats = [Float](repeating: 0, count: entry.shape.dimensions.reduce(1, *))
            var span = floats.mutableSpan
            try file.read(entry, into: &span, at: 0)
            return floats
        }

        @Test("training begins with them, also in the tied head; frozen they stay, whatever the optimizer; ranks and resumes give the same weights")
        func training() throws {
            let folder = try folder()
            defer { folder.remove() }
            let frozen = ["model.embeddingFile=vectors.txt", "model.trainEmbedding=false"]
            let whole = try folder.start(.words, frozen, into: "whole").finish()
            #expect(whole.exitCode == 0 && whole.errorOutput.contains("model.embeddingFile: vectors.txt has 2 of 10 symbols; 8 keep initial values: "), "\(whole)")
            #expect(whole.errorOutput.contains("1 of its words isn't in the text"), "\(whole)")
            let vocabulary = try JSONValue.parse(folder.bytes("whole/vocabulary.json"))["symbols"]?.arrayValue?.compactMap(\.stringValue) ?? []
            let file = try SafetensorsFile.open(folder.path(checkpoint(50, of: "whole")) + "/weights.safetensors")
            for name in ["embedding.weight", "head.weight"] {
                let numbers = try floats(name, of: file)
                for (place, word) in ["the", "a"].enumerated() {
                    let row = try #require(vocabulary.firstIndex(of: word))
                    #expect(Array(numbers[row * 10..<(row + 1) * 10]) == Self.vector(place), "\(name), \(word)")
                }
            }
            for (steps, rankCount) in [(20, 2), (50, 1)] {
                let result = try folder.start(.words, frozen + ["training.steps=\(steps)"], into: "part", on: Launch(rankCount)).finish()
                #expect(result.exitCode == 0, "\(result)")
            }
            #expect(try folder.weights("part") == folder.weights("whole"))
            #expect(try folder.train(.words, frozen[0], into: "trained").exitCode == 0)
            #expect(try folder.weights("trained") != folder.weights("whole"))
        }

        @Test("a run doesn't go on with other vectors, and bytes have none")
        func refusals() throws {
            let folder = try folder()
            defer { folder.remove() }
            try folder.write(Self.vectors.replacing("the 0.0", with: "the 3.0"), "other.txt")
            #expect(try folder.train(.words, "model.embeddingFile=vectors.txt", "training.steps=5").exitCode == 0)
            let other = try folder.train(.words, "model.embeddingFile=other.txt", "training.steps=9")
            #expect(other.exitCode == 78 && other.errorOutput.contains("model.initialWeights or model.embeddingFile now give"), "\(other)")
            let bytes = try folder.train(.words, "data.unit=byte", "data.vocabularySize=0", "model.embeddingFile=vectors.txt", into: "bytes")
            #expect(bytes.exitCode == 78 && bytes.errorOutput.contains("model.embeddingFile has vectors of words or characters"), "\(bytes)")
        }
    }
}
