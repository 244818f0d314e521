package import Kernels
import Threads

/// Words as rows: each word's embedding, and beside it what a list of layers computes from the word's characters (Ling et al. 2015; Ma & Hovy 2016).
///
/// ```
/// y[t] = [E[word[t]], f(characters of word[t])]
/// ```
///
/// f reads every word of the batch as a sequence of its own, the longest first, and gives one step. Backward, the words of a shard are one chain after the
/// other: sequence by sequence, word by word, so that no bit depends on the ranks.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class WordLayer: Layer, @unchecked Sendable {
    private let embedding: EmbeddingLayer
    private let embeddingWidth: Int
    /// f, from the characters' embedding to the layer that gives one step.
    private let encoder: [any Layer]
    private let encodedWidth: Int
    private let context: LayerContext
    private let outputs: RowMemory
    private let gradients: GradientMemory
    private var words = WordOrder()
    private var signals: [Signal]
    private var passes: [Pass] = []

    /// - Parameters:
    ///   - embedding: of words, `embeddingWidth` numbers wide.
    ///   - encoder: f: its first layer reads tokens, its last one gives one step of `encodedWidth` numbers.
    package init(_ embedding: EmbeddingLayer, embeddingWidth: Int, encoder: [any Layer], encodedWidth: Int, _ context: LayerContext) {
        (self.embedding, self.embeddingWidth, self.encoder, self.encodedWidth) = (embedding, embeddingWidth, encoder, encodedWidth)
        self.context = context
        outputs = RowMemory(width: embeddingWidth + encodedWidth, precision: context.precision)
        gradients = GradientMemory(width: embeddingWidth + encodedWidth)
        signals = Array(repeating: .tokens([]), count: encoder.count + 1)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {
        embedding.load(parameters, for: purpose)
        for layer in encoder { layer.load(parameters, for: purpose) }
    }

    package func finishGradient(_ gradient: FloatView, for purpose: Purpose) {
        embedding.finishGradient(gradient, for: purpose)
        for layer in encoder { layer.finishGradient(gradient, for: purpose) }
    }

    // MARK: Forward

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard case .words(let tokens, let characters, let starts) = input else { preconditionFailure("the model reads words with their characters") }
        guard case .rows(_, let own, let ownStride) = embedding.forward(.tokens(tokens), from: nil, pass) else {
            preconditionFailure("an embedding gives rows")
        }
        encode(characters, starts, pass)
        guard case .rows(_, let encoded, let encodedStride) = signals[encoder.count] else { preconditionFailure("an encoder gives rows") }
        outputs.prepare(rowCount: pass.rowCount)
        let words = words
        context.profile.measure(.inputProjection) {
            context.forEachRow(pass.rowCount) { row in
                let target = outputs.exact.slice(from: row * outputs.rowStride, count: outputs.rowStride)
                target.copy(own.slice(from: row * ownStride, count: embeddingWidth))
                let place = words.places[row]
                if place >= 0 {
                    target.copy(encoded.slice(from: Int(place) * encodedStride, count: encodedWidth), to: embeddingWidth)
                } else {
                    target.slice(from: embeddingWidth, count: encodedWidth).fill(0)
                }
                outputs.round(row: row)
            }
        }
        return outputs.signal
    }

    /// Runs the encoder over all words.
    private func encode(_ characters: [Int32], _ starts: [Int32], _ pass: Pass) {
        words = WordOrder(characters, starts: starts, pass)
        signals[0] = .tokens(words.characters)
        passes.removeAll(keepingCapacity: true)
        passes.append(
            Pass(
                purpose: pass.purpose, timeCount: words.timeCount, lengths: words.lengths, sequenceIndices: words.lengths.map { _ in 0 }, segment: .whole))
        for (index, layer) in encoder.enumerated() {
            signals[index + 1] = layer.forward(signals[index], from: nil, passes[index])
            passes.append(layer.outputPass(passes[index]))
        }
    }

    // MARK: Backward

    package func prepareBackward(_ pass: Pass) {
        gradients.prepare(rowCount: pass.rowCount)
        embedding.prepareBackward(pass)
        for (index, layer) in encoder.enumerated() { layer.prepareBackward(passes[index]) }
    }

    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        guard case .words(let tokens, _, _) = input else { preconditionFailure("the model reads words with their characters") }
        divideGradients(pass)
        embedding.backward(.tokens(tokens), pass, rows: rows, into: gradient, inputGradients: nil)
        let shards = words.shards(of: rows)
        for index in encoder.indices.reversed() {
            let ownRows = ShardedRows(
                timeCount: passes[index].timeCount, shards: shards.ranges, columns: shards.columns, lengths: passes[index].lengths)
            let below = index > 0 && encoder[index - 1].needsOutputGradients ? encoder[index - 1].outputGradients : nil
            encoder[index].backward(signals[index], passes[index], rows: ownRows, into: gradient, inputGradients: below)
        }
    }

    /// Hands the embedding and the encoder their parts of ∂L/∂(outputs).
    private func divideGradients(_ pass: Pass) {
        let (whole, trainsEmbedding, words) = (gradients.rows, embedding.needsOutputGradients, words)
        let encoded = encoder[encoder.count - 1].outputGradients
        context.profile.measure(.inputGradients) {
            context.forEachRow(pass.rowCount) { row in
                let source = whole.floats.slice(from: row * whole.rowStride, count: whole.rowStride)
                if trainsEmbedding {
                    let own = embedding.outputGradients
                    own.floats.slice(from: row * own.rowStride, count: embeddingWidth).copy(source.slice(from: 0, count: embeddingWidth))
                }
                let place = Int(words.places[row])
                guard place >= 0 else { return }
                encoded.floats.slice(from: place * encoded.rowStride, count: encodedWidth)
                    .copy(source.slice(from: embeddingWidth, count: encodedWidth))
            }
        }
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {}
}

/// The words of a batch as sequences of characters, the longest first; of equally long ones the one of the lower row.
struct WordOrder: Sendable {
    /// The place of each row's word; -1 for rows without a word: `[time · batch]`.
    private(set) var places: [Int32] = []
    /// Characters of the word at each place: `[word]`.
    private(set) var lengths: [Int] = []
    /// `[time, word]`; -1, padding, past a word's end.
    private(set) var characters: [Int32] = []
    /// Words of each sequence of the batch.
    private var wordCounts: [Int] = []

    init() {}

    /// - Parameters:
    ///   - values: characters, those of row r in `starts[r]..<starts[r + 1]`.
    ///   - pass: that of the words.
    init(_ values: [Int32], starts: [Int32], _ pass: Pass) {
        let sequenceCount = pass.sequenceCount
        precondition(starts.count == pass.rowCount + 1, "characters are those of the batch's words")
        func length(ofRow row: Int) -> Int { Int(starts[row + 1] - starts[row]) }
        wordCounts = pass.lengths
        let longest = (0..<pass.rowCount).reduce(0) { max($0, length(ofRow: $1)) }
        // How many words are longer than so many characters, which is where those of that length begin.
        var firsts = Array(repeating: 0, count: longest + 2)
        func forEachWord(_ body: (_ row: Int, _ length: Int) -> Void) {
            for row in 0..<pass.rowCount where row / sequenceCount < pass.lengths[row % sequenceCount] { body(row, length(ofRow: row)) }
        }
        forEachWord { row, length in
            precondition(length > 0, "a word has at least one character")
            firsts[length] += 1
        }
        for length in stride(from: longest, through: 0, by: -1) { firsts[length] += firsts[length + 1] }
        let wordCount = firsts[0]
        // Words longer than `length`: where those of `length` begin.
        firsts.removeFirst()
        firsts.append(0)
        places = Array(repeating: -1, count: pass.rowCount)
        lengths = Array(repeating: 0, count: wordCount)
        characters = Array(repeating: -1, count: longest * wordCount)
        forEachWord { row, length in
            let place = firsts[length]
            firsts[length] += 1
            places[row] = Int32(place)
            lengths[place] = length
            let first = Int(starts[row])
            for time in 0..<length { characters[time * wordCount + place] = values[first + time] }
        }
    }

    var timeCount: Int { lengths.first ?? 0 }

    /// The words in the order in which gradients are summed: shard by shard, sequence by sequence, from the first word to the last.
    /// - Returns: words of each shard, and the place of each word in that order.
    func shards(of rows: ShardedRows) -> (ranges: [Range<Int>], columns: [Int]) {
        var (ranges, columns) = ([Range<Int>](), [Int]())
        columns.reserveCapacity(lengths.count)
        for shard in rows.shards {
            let first = columns.count
            for sequence in shard {
                let column = rows.column(ofSequence: sequence)
                for time in 0..<wordCounts[column] { columns.append(Int(places[time * wordCounts.count + column])) }
            }
            ranges.append(first..<columns.count)
        }
        return (ranges, columns)
    }
}
