/// What an alignment of connectionist temporal classification says.
public enum CTC {
    /// The output that says nothing.
    public static let blank: Int32 = 0

    /// The symbols of an alignment: repeated outputs taken as one, and blanks left out.
    public static func symbols(ofAlignment outputs: some Sequence<Int32>) -> [Int32] {
        var symbols: [Int32] = []
        var last = blank
        for output in outputs {
            if output != last, output != blank { symbols.append(output) }
            last = output
        }
        return symbols
    }

    /// The least time steps of an alignment that says `symbols`: one each, and a blank between two that are alike.
    public static func leastStepCount<Symbol: Equatable>(_ symbols: some Collection<Symbol>) -> Int {
        symbols.count + zip(symbols, symbols.dropFirst()).count { $0 == $1 }
    }
}
