import Batches

/// The characters of each word of labelled texts, as tokens of a vocabulary of their own. Words are spelled as the file has them, also where `data.lowercase`
/// reads them in lower case.
///
/// The vocabulary has the characters that occur at least twice in the training part. All others are one more token, the last, which so has examples to learn from.
struct WordSpellings {
    let vocabulary: Vocabulary
    private var values: [Int32] = []
    /// Where each word's characters begin; at the end, their count.
    private var starts = [0]
    private let limit: Int

    /// - Parameters:
    ///   - vocabulary: the one that an earlier run stored; nil to make one of `trainingRows`.
    /// - Throws: ``DatasetError`` for texts that aren't words, and for text that isn't UTF-8.
    init(_ table: SequenceTable, options: SequenceOptions, trainingRows: [Int], vocabulary stored: Vocabulary?) throws(DatasetError) {
        var reading = options.textReading
        guard reading.unit == .word else {
            throw .optionOutOfRange(
                key: "model.characters", found: "set", wanted: "\"none\": only words have characters beside them, which data.unit \"word\" reads")
        }
        reading.lowercase = false
        limit = options.characterLimit
        vocabulary = if let stored { stored } else { try Self.vocabulary(of: table, reading, trainingRows: trainingRows) }
        for row in 0..<table.rowCount {
            try add(table.text(ofRow: row), reading, file: table.positions[row].path)
        }
    }

    /// The words of a text by a vocabulary that a run stored.
    /// - Throws: ``DatasetError`` for text that isn't UTF-8.
    init(ofText text: String, reading: TextReading, limit: Int, vocabulary: Vocabulary) throws(DatasetError) {
        (self.vocabulary, self.limit) = (vocabulary, limit)
        var reading = reading
        (reading.unit, reading.lowercase) = (.word, false)
        try add(Array(text.utf8), reading, file: "the text")
    }

    private mutating func add(_ text: [UInt8], _ reading: TextReading, file: String) throws(DatasetError) {
        try reading.visitWords(of: text, file: file) { word in
            for scalar in String(decoding: word, as: UTF8.self).unicodeScalars.prefix(limit) {
                values.append(vocabulary.token(ofValue: scalar.value) ?? Int32(vocabulary.count))
            }
            starts.append(values.count)
        }
    }

    private static func vocabulary(of table: SequenceTable, _ reading: TextReading, trainingRows: [Int]) throws(DatasetError) -> Vocabulary {
        var counts: [UInt32: Int] = [:]
        for row in trainingRows {
            try reading.visitWords(of: table.text(ofRow: row), file: table.positions[row].path) { word in
                for scalar in String(decoding: word, as: UTF8.self).unicodeScalars { counts[scalar.value, default: 0] += 1 }
            }
        }
        let frequent = counts.filter { $0.value > 1 }
        return Vocabulary(unit: .character, values: (frequent.isEmpty ? counts : frequent).keys.sorted())
    }

    var wordCount: Int { starts.count - 1 }
    var byteCount: Int { MemoryLayout<Int32>.stride * (values.count + 2 * starts.count) }

    /// The characters of a word.
    subscript(word: Int) -> ArraySlice<Int32> { values[starts[word]..<starts[word + 1]] }
}
