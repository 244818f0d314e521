import Batches

/// Likely transcripts by their beginnings (Hannun et al. 2014, "First-pass large vocabulary continuous speech recognition using bi-directional recurrent DNNs"),
/// with or without a language: the probability of a beginning is the sum over its alignments, kept apart by whether they end with a blank.
public struct PrefixBeamSearch: Sendable {
    /// Beginnings that are kept at a time step, the likeliest ones; at least 1.
    public let width: Int
    /// What is added to a beginning's logarithm where beginnings are compared; nil for nothing.
    public var language: SearchLanguage?

    public init(width: Int, language: SearchLanguage? = nil) {
        precondition(width > 0, "a search keeps at least one beginning")
        (self.width, self.language) = (width, language)
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

    /// The likeliest transcript of those that are kept; of equals that which was found first. Cost: time steps · width · outputs; memory: time steps · width.
    public func symbols(_ logarithms: OutputLogarithms) -> [Int32] {
        // The kept ones of all time steps. The first one is empty.
        var prefixes = [Prefix(parent: -1, symbol: CTC.blank)]
        var places = [prefixes[0]: 0]
        var beam: [(place: Int, ends: Ends)] = [(0, Ends(withBlank: 0))]
        // Of each kept one its language, and what each output would add to its score.
        var states = language.map { [$0.start] } ?? []
        var additions = language.map { [$0.scores(after: $0.start)] } ?? []
        for time in 0..<logarithms.timeCount {
            var next: [(prefix: Prefix, ends: Ends)] = []
            var nextPlaces: [Prefix: Int] = [:]
            func add(_ prefix: Prefix, _ end: WritableKeyPath<Ends, Double>, _ value: Double) {
                let place = nextPlaces[prefix] ?? next.count
                if place == next.count {
                    nextPlaces[prefix] = place
                    next.append((prefix, Ends()))
                }
                next[place].ends[keyPath: end] = logarithmicSum(next[place].ends[keyPath: end], value)
            }
            for (place, ends) in beam {
                let (prefix, all) = (prefixes[place], ends.all)
                add(prefix, \.withBlank, all + logarithms[time, Int(CTC.blank)])
                if prefix.symbol != CTC.blank { add(prefix, \.withSymbol, ends.withSymbol + logarithms[time, Int(prefix.symbol)]) }
                for symbol in 1..<Int32(max(1, logarithms.outputCount)) where language == nil || additions[place][Int(symbol)] > -.infinity {
                    // After the same symbol a further one needs a blank between them.
                    let before = symbol == prefix.symbol ? ends.withBlank : all
                    add(Prefix(parent: place, symbol: symbol), \.withSymbol, before + logarithms[time, Int(symbol)])
                }
            }
            func score(_ prefix: Prefix) -> Double {
                guard language != nil, prefix.parent >= 0 else { return 0 }
                return states[prefix.parent].score + additions[prefix.parent][Int(prefix.symbol)]
            }
            let ranked = next.enumerated().map { (order: $0.offset, all: $0.element.ends.all + score($0.element.prefix)) }
                .sorted { ($0.all, -$0.order) > ($1.all, -$1.order) }
            beam = ranked.prefix(width).map { candidate in
                let (prefix, ends) = next[candidate.order]
                let place = places[prefix] ?? prefixes.count
                if place == prefixes.count {
                    places[prefix] = place
                    prefixes.append(prefix)
                    if let language {
                        let state = language.state(after: states[prefix.parent], prefix.symbol, score: additions[prefix.parent][Int(prefix.symbol)])
                        states.append(state)
                        additions.append(language.scores(after: state))
                    }
                }
                return (place, ends)
            }
        }
        var symbols: [Int32] = []
        var prefix = beam[0].place
        if let language {
            func total(_ candidate: (place: Int, ends: Ends)) -> Double {
                candidate.ends.all + states[candidate.place].score + language.endScore(of: states[candidate.place])
            }
            let complete = beam.enumerated().map { (order: $0.offset, total: total($0.element)) }.filter { $0.total > -.infinity }
            if let best = complete.max(by: { ($0.total, -$0.order) < ($1.total, -$1.order) }) {
                prefix = beam[best.order].place
            } else {
                // No beginning is complete: the likeliest one, up to where it could have ended.
                while prefix > 0, language.endScore(of: states[prefix]) == -.infinity { prefix = prefixes[prefix].parent }
            }
        }
        while prefix > 0 {
            symbols.append(prefixes[prefix].symbol)
            prefix = prefixes[prefix].parent
        }
        return symbols.reversed()
    }
}
