import Batches
import Datasets
import NumberText

/// What a series model reads and says, in the words of an export's README: for whoever calls it with standardised numbers.
struct SeriesNumbersText {
    let scaling: SeriesScaling

    var text: String {
        (["## Inputs and outputs", ""] + (inputs + outputs).map { "- " + $0 }).joined(separator: "\n")
    }

    private var inputs: [String] {
        let names = scaling.inputScale.map(\.name.markdownCode).joined(separator: ", ")
        let own = scaling.isBySeries ? "the series' own mean and deviation" : "the column's mean and deviation"
        return [
            "A window has \(counted(scaling.length, "row")), the oldest first. Each row has these numbers, in this order: \(names).",
            "A number is (value - mean) / deviation, with \(own) in `statistics.json`"
                + (scaling.windowScaling != .none
                    ? " in the window's frame (`forecast` in `model.py`)." : scaling.isRelative ? ", less that of the window's last row, except for columns of 0 and 1." : "."),
        ] + known
    }

    private var known: [String] {
        var sentences: [String] = []
        if scaling.readsIndicators {
            sentences.append("A name with `=` is a category, 1 where the column has that value and otherwise 0; `… missing` is 1 where a value is missing.")
        }
        if !scaling.futureNames.isEmpty {
            let names = scaling.futureNames.map(\.markdownCode).joined(separator: ", ")
            sentences.append("Of \(names) each row has the value \(counted(scaling.horizon, "row")) later.")
        }
        if !scaling.lags.isEmpty { sentences.append("`… before` are values of so many rows before the row \(counted(scaling.horizon, "row")) later.") }
        if !scaling.calendar.isEmpty {
            let date = "the date \(counted(scaling.horizon, "row")) later"
            sentences.append("Cosine and sine are those of a date's place in its day, week, month or year, of \(date).")
        }
        return sentences
    }

    private var outputs: [String] {
        let names = scaling.targetNames.map(\.markdownCode).joined(separator: ", ")
        let order = "[\(scaling.horizon) rows ahead, \(scaling.targetNames.count) columns, \(scaling.outputsPerValue) outputs]"
        return ["The outputs are \(order), of \(names). \(meaning)"] + base
    }

    private var base: [String] {
        if scaling.windowScaling != .none { return [frame] }
        let row = "To it comes the standardised value of the row \(counted(scaling.lag, "row")) before"
        if scaling.lag > 0 { return ["\(row); where that isn't known yet, of the latest known multiple."] }
        return scaling.isRelative ? ["To it comes the standardised value of the window's last row."] : []
    }

    private var frame: String { "They are in the frame of the window, which `forecast` in `model.py` undoes." }

    private var meaning: String {
        let scaled = "times the deviation, plus the mean, is the value"
        switch scaling.loss.distribution {
        case .gaussian:
            return "They are the mean μ and s of a normal distribution with the deviation σ = ln(1 + e^s) + 0.0001, of standardised values: μ \(scaled)."
        case .studentT:
            return "They are μ, s and n of Student's t distribution with the scale σ = ln(1 + e^s) + 0.0001 and 2 + ln(1 + e^n) degrees of freedom, "
                + "of standardised values: μ \(scaled)."
        case .negativeBinomial:
            return "They are a and b of a negative binomial distribution of the count itself, with the mean m = d·ln(1 + e^a) and the variance m + α·m², "
                + "α = ln(1 + e^b) / √d, where d is the column's deviation, 1 + its mean count."
        case nil:
            let quantiles = scaling.quantiles.map { figure($0 * 100) + " %" }.joined(separator: ", ")
            return quantiles.isEmpty ? "Each \(scaled)." : "They are the quantiles at \(quantiles): each \(scaled)."
        }
    }
}
