public import Batches
import StrictJSON

/// How the next numbers of a sequence are predicted.
public struct MixtureOptions: Sendable, Equatable {
    public var componentCount: Int
    public var family: MixtureDensity.Family
    /// In the unit of standardised numbers.
    public var leastDeviation: Double

    public init(componentCount: Int = 20, family: MixtureDensity.Family = .gaussian, leastDeviation: Double = 0.02) {
        (self.componentCount, self.family, self.leastDeviation) = (componentCount, family, leastDeviation)
    }
}

/// The mixture whose parameters a model's outputs are, and the training part's statistics, which are the comparison without a model.
public struct NextNumbersMeaning: Sendable, Equatable {
    public let density: MixtureDensity
    /// Of the standardised numbers.
    let means: [Double]
    let deviations: [Double]
    /// Of the two offsets of drawings, otherwise 0.
    let correlation: Double
    /// Steps of each state of the pen; empty without a pen.
    let penCounts: [Int]

    public var hasPen: Bool { density.penStateCount > 0 }

    private init(_ density: MixtureDensity, means: [Double], deviations: [Double], correlation: Double, penCounts: [Int]) {
        (self.density, self.means, self.deviations, self.correlation, self.penCounts) = (density, means, deviations, correlation, penCounts)
    }

    private static func density(_ options: MixtureOptions, numberCount: Int, hasPen: Bool) -> MixtureDensity {
        MixtureDensity(
            componentCount: options.componentCount, numberCount: numberCount, family: hasPen ? .gaussian : options.family, isCorrelated: hasPen,
            penStateCount: hasPen ? SequenceOptions.endState + 1 : 0, leastDeviation: options.leastDeviation)
    }

    /// A mixture of so many outputs, without statistics.
    package init(_ options: MixtureOptions, outputCount: Int, hasPen: Bool) {
        let count = hasPen ? 2 : max(1, (outputCount / options.componentCount - 1) / 2)
        self.init(
            Self.density(options, numberCount: count, hasPen: hasPen), means: Array(repeating: 0, count: count), deviations: Array(repeating: 1, count: count),
            correlation: 0, penCounts: hasPen ? [0, 0, 0] : [])
    }

    /// The same of the training rows.
    init(_ options: MixtureOptions, _ inputs: SequenceEncoding, rows: [Int], hasPen: Bool) {
        let (width, count) = (inputs.scale.count, inputs.scale.count - (hasPen ? 1 : 0))
        var (sums, squares, product, stepCount) = (Array(repeating: 0.0, count: count), Array(repeating: 0.0, count: count), 0.0, 0.0)
        var penCounts = hasPen ? [0, 0, rows.count] : []
        for row in rows {
            let own = inputs.numbers(ofRow: row)
            for first in stride(from: own.startIndex, to: own.endIndex, by: width) {
                for number in 0..<count {
                    let value = Double(own[first + number])
                    sums[number] += value
                    squares[number] += value * value
                }
                if hasPen {
                    product += Double(own[first]) * Double(own[first + 1])
                    penCounts[own[first + 2] > 0.5 ? 1 : 0] += 1
                }
                stepCount += 1
            }
        }
        let total = max(1, stepCount)
        let means = sums.map { $0 / total }
        let deviations = zip(squares, means).map { max(1e-12, $0 / total - $1 * $1).squareRoot() }
        let correlation = hasPen ? (product / total - means[0] * means[1]) / (deviations[0] * deviations[1]) : 0
        self.init(
            Self.density(options, numberCount: count, hasPen: hasPen), means: means, deviations: deviations, correlation: max(-0.99, min(0.99, correlation)),
            penCounts: penCounts)
    }

    // MARK: Stored

    var digestLines: [String] { [value.serialized()] }

    var value: JSONValue {
        .object([
            "components": .integer(density.componentCount), "family": .text(density.family.rawValue), "leastDeviation": .real(density.leastDeviation),
            "mean": .list(means.map(JSONValue.real)), "deviation": .list(deviations.map(JSONValue.real)), "correlation": .real(correlation),
            "pens": .list(penCounts.map(JSONValue.integer)),
        ])
    }

    init(_ value: JSONValue, inputCount: Int, _ reader: StoredJSON) throws(DatasetError) {
        let members = try reader.members(of: value, named: ["components", "family", "leastDeviation", "mean", "deviation", "correlation", "pens"])
        let pens = members[6].arrayValue?.compactMap(\.integerValue).filter { $0 >= 0 } ?? []
        let hasPen = !pens.isEmpty
        let count = inputCount - (hasPen ? 1 : 0)
        guard let components = members[0].integerValue, (1...Self.largestComponentCount).contains(components),
            let family = members[1].stringValue.flatMap(MixtureDensity.Family.init),
            let least = members[2].realValue, least > 0, least.isFinite, pens.count == members[6].arrayValue?.count, !hasPen || pens.count == 3 && count == 2
        else { throw reader.error(value, "next must have a mixture's components, family, leastDeviation and pens") }
        let (means, deviations) = (members[3].arrayValue?.compactMap(\.realValue) ?? [], members[4].arrayValue?.compactMap(\.realValue) ?? [])
        guard means.count == count, deviations.count == count, deviations.allSatisfy({ $0 > 0 }), let correlation = members[5].realValue, abs(correlation) < 1 else {
            throw reader.error(value, "next must have a mean and a deviation of each number")
        }
        let options = MixtureOptions(componentCount: components, family: family, leastDeviation: least)
        self.init(Self.density(options, numberCount: count, hasPen: hasPen), means: means, deviations: deviations, correlation: correlation, penCounts: pens)
    }

    package static let largestComponentCount = 1000
}
