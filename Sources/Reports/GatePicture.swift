public import Charts
import Foundation
public import Inference
import Layers
import Models
import NumberText
import Runs
import Training

/// A picture of a layer's units over time: their gates and cells, and a summary of the whole layer.
public struct GatePicture: Sendable {
    /// A unit and its memory length.
    public struct Memory: Sendable, Equatable {
        public let unit: Int
        public let meanGate: Double
        /// 1/(1 - mean of the gate): the number of steps after which 1/e of the state is left, if the gate stays at its mean.
        public var stepCount: Double { 1 / max(1e-9, 1 - meanGate) }

        package init(unit: Int, meanGate: Double) {
            (self.unit, self.meanGate) = (unit, meanGate)
        }

        /// "about 8.29 steps".
        public func words(digits: Int) -> String {
            let text = figure(stepCount, digits: digits)
            return "about \(text) step\(text == "1" ? "" : "s")"
        }
    }

    /// The units shown, in order.
    public let units: [Int]
    /// All units of the layer, the longest memory first; empty for a cell without a gate of memory.
    public let memories: [Memory]
    public let picture: Picture
    /// The gate that says how much of its state a unit keeps: an LSTM's forget gate. Nil for a cell without one.
    public let memoryGate: String?

    /// Maximum number of time steps of a picture.
    public static let stepLimit = 1000
    /// Default number of units shown.
    public static let usualUnitCount = 8

    /// - Parameters:
    ///   - title: a short description of the inputs.
    ///   - layer: its number, from 0.
    ///   - units: units to show; nil for the most active, whose hidden state changes most over time.
    /// - Throws: ``ReportError/noUnit(unit:unitCount:)``, ``ReportError/tooLong(stepCount:limit:)``.
    public init(_ trace: SequenceTrace, title: String, layer: Int, units asked: [Int]?) throws(ReportError) {
        let gates = trace.layer
        guard gates.timeCount <= Self.stepLimit else { throw .tooLong(stepCount: gates.timeCount, limit: Self.stepLimit) }
        if let odd = asked?.first(where: { !(0..<gates.unitCount).contains($0) }) { throw .noUnit(unit: odd, unitCount: gates.unitCount) }
        memoryGate = gates.memoryGateName
        units = asked ?? Self.mostActive(gates)
        memories = (0..<gates.unitCount).compactMap(gates.memory).sorted { ($1.meanGate, $0.unit) < ($0.meanGate, $1.unit) }
        picture = Self.strips(trace, title: title, layer: layer, units: units).picture
    }

    /// The picture as a separate page.
    public var html: String {
        var page = Page(title: picture.title, kind: .gates)
        page.heading(picture.title, below: picture.summary)
        page.widePicture("gates", picture)
        guard let memoryGate else { return page.html }
        page.table(
            Table(
                columns: [.init(name: "unit", isNumber: true), .init(name: "mean \(memoryGate) gate", isNumber: true), .init(name: "remembers about, steps", isNumber: true)],
                rows: memories.map { memory in
                    Table.Row(
                        cells: [.init("\(memory.unit)"), .init(fixed(memory.meanGate, decimals: 4)), .init(figure(memory.stepCount, digits: 3))],
                        isStrong: units.contains(memory.unit))
                }))
        return page.html
    }

    /// Writes the picture to `path`: an SVG file or a page, according to the extension.
    /// - Throws: ``ReportError``.
    public func write(to path: String) throws(ReportError) {
        guard path.hasSuffix(".svg") || path.hasSuffix(".html") else { throw .extensionUnknown(path: path, wanted: [".svg", ".html"]) }
        let isPicture = path.hasSuffix(".svg")
        do throws(OutputError) {
            let file = try OutputFile(path, of: "gates") { isPicture ? Picture.isOurs($0) : Page.isOurs($0, kind: .gates) }
            try file.write(isPicture ? picture.file : html)
        } catch {
            throw .output(error)
        }
    }

    // MARK: Strips

    private static func mostActive(_ gates: LayerTrace) -> [Int] {
        let activities = (0..<gates.unitCount).map { unit in deviation(gates.values(ofUnit: unit, in: gates.hiddens)) }
        let order = activities.indices.sorted { (activities[$1], $0) < (activities[$0], $1) }
        return order.prefix(usualUnitCount).sorted()
    }

    private static func strips(_ trace: SequenceTrace, title: String, layer: Int, units: [Int]) -> TimeStrips {
        let gates = trace.layer
        let names = gates.shownGates.map { gates.cell.gates[$0] }
        let shown = names.dropLast().joined(separator: ", ") + (names.count > 1 ? " and " : "") + (names.last ?? "") + " gate"
        let longest = units.compactMap { gates.memory(ofUnit: $0)?.meanGate }.max() ?? 0
        return TimeStrips(
            title,
            subtitle: "layer \(layer + 1)\(gates.directionWords); a curve is a unit's \(gates.stateName)" + (names.isEmpty ? "" : "; below it its \(shown)\(gates.gateWords), the stronger the more open"),
            summary: "\(gates.cells.isEmpty ? "Hidden states" : "Cells")\(names.isEmpty ? "" : " and gates") of \(counted(units.count, "unit")) of layer \(layer + 1)\(gates.directionWords) "
                + "over \(counted(gates.timeCount, "time step"))"
                + (gates.memoryGateName.map { "; the highest mean \($0) gate is \(fixed(longest, decimals: 3))" } ?? "") + ".",
            names: trace.symbols.map(visible), timeCount: gates.timeCount, strips: inputStrips(trace) + units.map { strip(ofUnit: $0, gates) })
    }

    private static func strip(ofUnit unit: Int, _ gates: LayerTrace) -> TimeStrips.Strip {
        func values(_ list: [Float]) -> [Double] { gates.values(ofUnit: unit, in: list).map(Double.init) }
        var note = ""
        if let name = gates.memoryGateName, let memory = gates.memory(ofUnit: unit) {
            note = "mean \(name) gate \(fixed(memory.meanGate, decimals: 3)), remembers \(memory.words(digits: 2))"
        }
        return TimeStrips.Strip(
            "unit \(unit)", note: note,
            curves: [(gates.stateName, values(gates.state))],
            rows: gates.shownGates.map { (gates.cell.gates[$0], values(gates.gates[$0])) })
    }

    /// Strips of the input numbers, as many as can be distinguished.
    private static func inputStrips(_ trace: SequenceTrace) -> [TimeStrips.Strip] {
        let names = trace.numberNames
        let shown = names.prefix(4)
        if shown.isEmpty { return [] }
        let curves = shown.indices.map { column in (name: shown[column], values: trace.numbers.map { Double($0[column]) }) }
        return [TimeStrips.Strip("it reads", note: names.count > shown.count ? "the first \(shown.count) of \(names.count) columns" : "", curves: curves)]
    }

    /// A visible representation of a symbol.
    private static func visible(_ symbol: String) -> String {
        switch symbol {
        case " ": "␣"
        case "\n": "↵"
        case "\t": "⇥"
        case "\r": "␍"
        default: symbol
        }
    }
}

private func mean(_ values: [Float]) -> Double {
    values.reduce(0.0) { $0 + Double($1) } / Double(max(1, values.count))
}

private func deviation(_ values: [Float]) -> Double {
    let middle = mean(values)
    return (values.reduce(0.0) { $0 + (Double($1) - middle) * (Double($1) - middle) } / Double(max(1, values.count))).squareRoot()
}

extension LayerTrace {
    fileprivate var memoryGateName: String? { cell.memoryGate.map { cell.gates[$0] } }
    /// Nil for a cell without a gate that says how much of its state a unit keeps.
    fileprivate func memory(ofUnit unit: Int) -> GatePicture.Memory? {
        cell.memoryGate.map { GatePicture.Memory(unit: unit, meanGate: mean(values(ofUnit: unit, in: gates[$0]))) }
    }
    /// The state that a unit keeps: its cell if there is one.
    fileprivate var state: [Float] { cells.isEmpty ? hiddens : cells }
    fileprivate var stateName: String { cells.isEmpty ? "hidden state" : cell.hasNormalizer ? "cell over its normalizer" : "cell" }
    /// What an sLSTM's gates are, which as they are computed depend on its stabilizer.
    fileprivate var gateWords: String { cell.hasNormalizer ? " (forget and input: the shares of old and new in it)" : "" }
    /// A bidirectional layer's trace is of its forward direction.
    fileprivate var directionWords: String { cell.isBidirectional ? " (forward direction)" : "" }
    /// The gates that open and close, the one of the memory first.
    fileprivate var shownGates: [Int] {
        (cell.memoryGate.map { [$0] } ?? []) + cell.gates.indices.filter { $0 != cell.memoryGate && cell.gates[$0] != "candidate" }
    }
}
