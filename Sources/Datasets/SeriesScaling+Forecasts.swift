package import Batches
import Distributions
import NumberText

// What a model's outputs say of the rows to forecast, in the file's own units.
extension SeriesScaling {
    /// The quantiles that a forecast of a value has, in order; empty if it is a single number.
    public var quantiles: [Double] { loss.quantiles }
    /// Numbers of a forecast of a value: its quantiles, or one.
    public var forecastsPerValue: Int { max(1, quantiles.count) }

    /// The medians among restored values, or all of them if a value has a single one. `[horizon, targets]`.
    public func medians(of restored: [Double]) -> [Double] {
        quantiles.isEmpty ? restored : stride(from: quantiles.count / 2, to: restored.count, by: quantiles.count).map { restored[$0] }
    }

    /// The ends of the interval of each value, `[horizon, targets]`; nil if a value has a single number.
    public func interval(of restored: [Double]) -> (low: [Double], high: [Double])? {
        guard !quantiles.isEmpty else { return nil }
        func every(_ first: Int) -> [Double] { stride(from: first, to: restored.count, by: quantiles.count).map { restored[$0] } }
        return (every(0), every(quantiles.count - 1))
    }

    /// Outputs in the file's own units: undoes the window's frame, then the standardisation; of a distribution its quantiles. Quantiles of a value, which
    /// a model may mix up, ascend. `[horizon, targets, quantiles]`.
    /// - Parameter frame: the window's.
    public func restored(_ outputs: [Float], _ frame: WindowFrame) -> [Double] {
        precondition(outputs.count == outputCount, "\(outputs.count) outputs of \(outputCount)")
        if let family = loss.distribution {
            return (0..<valueCount).flatMap { value in quantiles.map { forecast(at: $0, of: family, outputs, value: value, frame) } }
        }
        let values = outputs.enumerated().map { place, output in
            column(ofValue: place / outputsPerValue).restored(frame.restored(Double(output), ofValue: place / outputsPerValue))
        }
        guard outputsPerValue > 1 else { return values }
        return stride(from: 0, to: values.count, by: outputsPerValue).flatMap { values[$0..<$0 + outputsPerValue].sorted() }
    }

    /// Scale of the column of a value of a forecast, `[horizon, targets]`.
    func column(ofValue place: Int) -> SeriesStatistics.Column { statistics.columns[targetPlaces[place % targetPlaces.count]] }

    /// A distribution's parameters among the outputs, for one value.
    private func parameters(_ family: DistributionFamily, _ outputs: [Float], value: Int) -> SIMD4<Float> {
        var parameters = SIMD4<Float>.zero
        for place in 0..<family.parameterCount { parameters[place] = outputs[value * family.parameterCount + place] }
        return parameters
    }

    /// The number that a value doesn't exceed with a probability of `level`, above 0 and below 1, in the file's own units.
    package func forecast(at level: Double, of family: DistributionFamily, _ outputs: [Float], value: Int, _ frame: WindowFrame) -> Double {
        let (parameters, column) = (parameters(family, outputs, value: value), column(ofValue: value))
        if family.isOfCounts { return family.quantile(level, outputs: parameters, scale: column.deviation) }
        return column.restored(frame.restored(family.quantile(level, outputs: parameters), ofValue: value))
    }

    /// The continuous ranked probability score of each value in the file's own units, `[horizon, targets]`; nil if the model gives no distribution.
    /// - Parameters:
    ///   - outputs: the model's.
    ///   - truth: in the file's own units, `[horizon, targets]`.
    ///   - frame: the window's.
    func rankedProbabilityScores(_ outputs: [Float], truth: [Double], _ frame: WindowFrame) -> [Double]? {
        guard let family = loss.distribution else { return nil }
        return truth.indices.map { value in
            guard !truth[value].isNaN else { return .nan }
            let (parameters, column) = (parameters(family, outputs, value: value), column(ofValue: value))
            if family.isOfCounts { return family.rankedProbabilityScore(of: truth[value], outputs: parameters, scale: column.deviation) }
            let scale = Double(frame.scale(ofValue: value))
            let number = (column.standardised(truth[value]) - Double(frame.base(ofValue: value))) / scale
            return family.rankedProbabilityScore(of: number, outputs: parameters) * scale * column.deviation
        }
    }

    /// Names of the numbers of a forecast row: the predicted columns, each with its quantiles: "sales 10 %".
    public var valueNames: [String] {
        quantiles.isEmpty ? targetNames : targetNames.flatMap { name in quantiles.map { "\(name) \(figure($0 * 100)) %" } }
    }
}
