import Batches

/// Likely transcripts by their beginnings (Hannun et al. 2014, "First-pass large vocabulary continuous speech recognition using bi-directional recurrent DNNs"), without a
/// language model: the probability of a beginning is the sum over its alignments, kept apart by whether they end with a blank.
public struct PrefixBeamSearch: Sendable {
    /// Beginnings that are kept at a time step, the likeliest ones; at least 1.
    public let width: Int

    public init(width: Int) {
        precondition(width > 0, "a search keeps at least one beginning")
        self.width = width
    }

    /// A beginning: another one and a symbol behind it.
    private struct Prefix: Hashable {
        let parent: Int
        let symbol: Int32
    }

    /// Logarithms of the probability that what was read says a beginning.
    private struct Ends {
        var withBlank = -Double.infinity
        var withSymbol = -Double.infinity

        var all: Double { logarithmicSum(withBlank, withSymbol) }
    }

    /// The likeliest transcript of those that are kept; of equals that which was found first. Cost: time steps · width · outputs.
    public func symbols(_ logarithms: OutputLogarithms) -> [Int32] {
        // The first one is empty.
        var prefixes = [Prefix(parent: -1, symbol: CTC.blank)]
        var places: [Prefix: Int] = [:]
        var beam: [(prefix: Int, ends: Ends)] = [(0, Ends(withBlank: 0))]
        for time in 0..<logarithms.timeCount {
            var next: [(prefix: Int, ends: Ends)] = []
            var nextPlaces: [Int: Int] = [:]
            func add(_ prefix: Int, _ end: WritableKeyPath<Ends, Double>, _ value: Double) {
                if nextPlaces[prefix] == nil {
                    nextPlaces[prefix] = next.count
                    next.append((prefix, Ends()))
                }
                let place = nextPlaces[prefix] ?? 0
                next[place].ends[keyPath: end] = logarithmicSum(next[place].ends[keyPath: end], value)
            }
            for (prefix, ends) in beam {
                let (all, last) = (ends.all, prefixes[prefix].symbol)
                add(prefix, \.withBlank, all + logarithms[time, Int(CTC.blank)])
                if last != CTC.blank { add(prefix, \.withSymbol, ends.withSymbol + logarithms[time, Int(last)]) }
                for symbol in 1..<Int32(max(1, logarithms.outputCount)) {
                    let longer = Prefix(parent: prefix, symbol: symbol)
                    if places[longer] == nil {
                        places[longer] = prefixes.count
                        prefixes.append(longer)
                    }
                    // After the same symbol a further one needs a blank between them.
                    add(places[longer] ?? 0, \.withSymbol, (symbol == last ? ends.withBlank : all) + logarithms[time, Int(symbol)])
                }
            }
            let ranked = next.map { (prefix: $0.prefix, ends: $0.ends, all: $0.ends.all) }.sorted { ($0.all, -$0.prefix) > ($1.all, -$1.prefix) }
            beam = ranked.prefix(width).map { ($0.prefix, $0.ends) }
        }
        var symbols: [Int32] = []
        var prefix = beam[0].prefix
        while prefix > 0 {
            symbols.append(prefixes[prefix].symbol)
            prefix = prefixes[prefix].parent
        }
        return symbols.reversed()
    }
}
