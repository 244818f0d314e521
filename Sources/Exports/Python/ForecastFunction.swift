import Batches
import Datasets
import NumberText
import StrictJSON

/// `forecast` of `model.py`: from a file's last rows, in its units, the rows that follow. Written for one model, with the steps that it needs.
struct ForecastFunction {
    let series: SeriesScaling
    let library: ArrayLibrary
    /// Type of the argument `model`.
    let modelType: String
    /// A call of the model with one argument.
    let call: (String) -> String
    /// Where the model comes from, in the docstring; may be empty.
    let loadedHow: String

    var text: String {
        let pieces = [constants, scale, calendar, function].filter { !$0.isEmpty }
        return library(pieces.joined(separator: "\n\n\n"))
    }

    /// Modules of the standard library that the text needs, besides json.
    static func imports(_ series: SeriesScaling) -> (before: String, after: String) {
        let words = Set(series.calendar)
        return (words.isDisjoint(with: [.dayOfMonth, .dayOfYear]) ? "" : "import calendar\n", words.isEmpty ? "" : "import math\n")
    }

    // MARK: Constants

    private var horizon: Int { series.horizon }
    private var count: Int { series.neededColumns.count }
    private var targetCount: Int { series.targetPlaces.count }
    private var futurePlaces: [Int] { series.aheads.indices.filter { series.aheads[$0] > 0 } }
    private var indicatorPlaces: [Int] { Array(series.indicatorPlaces) }
    /// Names of the arrays with means and deviations of the columns.
    private var mean: String { series.isBySeries ? "mean" : "MEAN" }
    private var deviation: String { series.isBySeries ? "deviation" : "DEVIATION" }
    /// Whether the window itself gives something that is subtracted from its columns, or divides them.
    private var hasBase: Bool { series.isRelative || series.windowScaling != .none }

    private func names(_ places: [Int]) -> String { places.map { JSONValue.text(series.statistics.columns[$0].name).serialized() }.joined(separator: ", ") }

    private func array(_ list: String) -> String {
        library == .torch ? "torch.tensor(\(list), dtype=torch.float64)" : "np.array(\(list))"
    }

    private var constants: String {
        let file = "json.loads((FOLDER / \"statistics.json\").read_text(encoding=\"utf-8\"))"
        var lines = [
            "STATISTICS = \(file)[\"columns\"]", "COLUMNS = [column[\"name\"] for column in STATISTICS[:\(count)]]",
            "TARGETS = \(series.targetPlaces)  # \(names(series.targetPlaces))",
        ]
        if !futurePlaces.isEmpty { lines.append("FUTURE = \(futurePlaces)  # \(names(futurePlaces))") }
        if hasBase, !indicatorPlaces.isEmpty { lines.append("INDICATORS = \(indicatorPlaces)  # of 0 and 1, which stay as they are") }
        if series.isBySeries { lines.append("SERIES = {series[\"id\"]: series[\"columns\"] for series in \(file)[\"series\"]}") }
        let scale = [
            "", "", "MEAN = " + array("[column[\"mean\"] for column in STATISTICS]"),
            "DEVIATION = " + array("[column[\"deviation\"] for column in STATISTICS]"),
        ]
        return (lines + (series.isBySeries ? [] : scale)).joined(separator: "\n")
    }

    private var scale: String {
        guard series.isBySeries else { return "" }
        return """
            def scale(series: str) -> tuple[np.ndarray, np.ndarray]:
                \"\"\"Mean and deviation of a series' columns.\"\"\"
                if series not in SERIES:
                    raise ValueError(f"the model doesn't know series {series!r}; it knows {list(SERIES)[:10]}")
                columns = SERIES[series]
                return \(array("[column[\"mean\"] for column in columns]")), \(array("[column[\"deviation\"] for column in columns]"))
            """
    }

    private var calendar: String {
        guard !series.calendar.isEmpty else { return "" }
        let places = series.calendar.map(\.pythonPlace)
        return """
            def calendar_numbers(times: list) -> np.ndarray:
                \"\"\"Cosine and sine of the place of each datetime in its \(series.calendar.map(\.periodWords).joined(separator: ", ")).\"\"\"
                places = [[\(places.joined(separator: ", "))] for time in times]
                return \(array("[[f(2 * math.pi * place) for place in row for f in (math.cos, math.sin)] for row in places]")){float}
            """
    }

    // MARK: The function

    private var function: String {
        let arguments = (series.isBySeries ? ["series: str"] : []) + (futurePlaces.isEmpty ? [] : ["future: np.ndarray"])
            + (series.calendar.isEmpty ? [] : ["times: list"])
        let decorator = library == .torch ? "@torch.no_grad()\n" : ""
        let head = "def forecast(\((["model: \(modelType)", "past: np.ndarray"] + arguments).joined(separator: ", "))) -> np.ndarray:"
        let body = checks + window + answer
        return decorator + ([head] + documentation + body.map { "    " + $0 }).joined(separator: "\n")
    }

    private var documentation: [String] {
        var lines = [
            "    \"\"\"The next rows of the targets, [\(shape)], after the rows `past` [time, \(count)], in the data's own units.", "",
            "    The columns of `past` are those of COLUMNS; a forecast is made from the last \(series.pastRowCount) rows.",
        ]
        if !indicatorPlaces.isEmpty {
            lines.append("    Of those with \"=\" the number is 1 where the row has that category, else 0; of \"… missing\" 1 where the value is missing,")
            lines.append("    and the last known one stands in.")
        }
        if series.isBySeries { lines.append("    `series` is the name of the rows' series, which has a scale of its own.") }
        if !futurePlaces.isEmpty { lines.append("    `future` [\(horizon), \(futurePlaces.count)] has the columns of FUTURE in the rows to forecast.") }
        if !series.calendar.isEmpty { lines.append("    `times` are the datetimes of the rows of `past`, then of the \(counted(horizon, "row")) to forecast.") }
        if let meaning { lines.append("    " + meaning) }
        return lines + loadedHow.split(separator: "\n").map(String.init) + ["    \"\"\""]
    }

    private var shape: String { "\(horizon), \(targetCount)" + (series.outputsPerValue > 1 ? ", \(series.outputsPerValue)" : "") }

    /// The numbers of a value, where there are several.
    private var meaning: String? {
        switch series.loss.distribution {
        case .gaussian: "The last dimension has mean and deviation of a normal distribution: scipy.stats.norm(f[..., 0], f[..., 1])."
        case .studentT:
            "The last dimension has place, scale and degrees of freedom of Student's t distribution: scipy.stats.t(f[..., 2], f[..., 0], f[..., 1])."
        case .negativeBinomial: "The last dimension has n and p of a negative binomial distribution: scipy.stats.nbinom(f[..., 0], f[..., 1])."
        case nil:
            series.quantiles.isEmpty
                ? nil : "The last dimension has the quantiles at \(series.quantiles.map { figure($0 * 100) + " %" }.joined(separator: ", "))."
        }
    }

    private var checks: [String] {
        var lines = [
            "count = len(COLUMNS)", "if past.ndim != 2 or past.shape[1] != count:",
            "    raise ValueError(f\"past is {list(past.shape)}, not [time, {count}]: {COLUMNS}\")",
        ]
        let needed = series.pastRowCount
        lines += [
            "if len(past) < \(needed):", "    raise ValueError(f\"past has {len(past)} rows; a forecast is made from the last \(needed)\")",
        ]
        if !futurePlaces.isEmpty {
            lines += [
                "if list(future.shape) != [\(horizon), len(FUTURE)]:",
                "    raise ValueError(f\"future is {list(future.shape)}, not [\(horizon), {len(FUTURE)}]\")",
            ]
        }
        if !series.calendar.isEmpty {
            lines += [
                "if len(times) != len(past) + \(horizon):",
                "    raise ValueError(f\"there are {len(times)} times for {len(past)} rows and the next \(horizon)\")",
            ]
        }
        lines.append("past = past[-\(needed):]")
        if !series.calendar.isEmpty { lines.append("times = times[-\(needed + horizon):]") }
        return lines + (series.isBySeries ? ["mean, deviation = scale(series)"] : [])
    }

    /// The rows as the model reads them.
    private var window: [String] {
        let (past, future) = library == .torch ? ("past.double()", "future.double()") : ("past", "future")
        var lines = ["rows = ((\(past) - \(mean)[:count]) / \(deviation)[:count]){float}"]
        lines += (series.lead == 0 ? [] : ["window = rows[\(series.lead):]"]) + frame
        let own = series.lead == 0 ? "rows" : "window"
        var inputs = own
        if !futurePlaces.isEmpty {
            lines += [
                "known = np.zeros((\(horizon), count), dtype=np.float32)", "known[:, FUTURE] = ((\(future) - \(mean)[FUTURE]) / \(deviation)[FUTURE]){float}",
                "later = np.concatenate([rows, known])[\(series.lead + horizon):]", "inputs = np.concatenate([\(own)])", "inputs[:, FUTURE] = later[:, FUTURE]",
            ]
            inputs = "inputs"
        }
        if hasBase { inputs = series.windowScaling == .none ? "(\(inputs) - base)" : "((\(inputs) - base) / scales)" }
        if series.inputCount < count { inputs += "[:, :\(series.inputCount)]" }
        var more = series.lags.map { lag -> String in
            // From the row that lies the horizon later so many rows back.
            let (first, end) = (series.lead + horizon - lag, lag - horizon)
            let values = "rows[\(first):\(end == 0 ? "" : "len(rows) - \(end)")][:, TARGETS]"
            return hasBase ? "(\(values) - base[TARGETS])\(series.windowScaling == .none ? "" : " / scales[TARGETS]")" : values
        }
        if !series.calendar.isEmpty { more.append("calendar_numbers(times[\(series.lead + horizon):])") }
        if !more.isEmpty { inputs = "np.concatenate([\(([inputs] + more).joined(separator: ", "))], axis=1)" }
        return lines + ["outputs, _ = " + call("\(inputs)[None]")]
    }

    /// What is subtracted from the columns, and what they are divided by.
    private var frame: [String] {
        guard hasBase else { return [] }
        let own = series.lead == 0 ? "rows" : "window"
        var lines: [String]
        switch series.windowScaling {
        case .none: lines = []
        case .mean:
            lines = [
                "base = (-\(mean)[:count] / \(deviation)[:count]){float}",
                "scales = np.clip(np.abs(\(own) - base).mean(axis=0), \(SeriesScaling.leastWindowScale), None)",
            ]
        case .quartiles:
            lines = [
                "base = np.quantile(\(own), 0.5, axis=0){float}",
                "scales = np.clip(np.quantile(\(own), 0.75, axis=0) - np.quantile(\(own), 0.25, axis=0), \(SeriesScaling.leastWindowScale), None){float}",
            ]
        }
        if series.isRelative { lines.append("base = rows[-1]\(indicatorPlaces.isEmpty ? "" : library == .torch ? ".clone()" : ".copy()")") }
        if !indicatorPlaces.isEmpty { lines += ["base[INDICATORS] = 0"] + (series.windowScaling == .none ? [] : ["scales[INDICATORS] = 1"]) }
        return lines
    }

    // MARK: Its answer

    /// From the outputs on.
    private var answer: [String] {
        let several = series.outputsPerValue > 1
        let double = library == .torch ? ".double()" : ".astype(np.float64)"
        var lines: [String] = []
        if series.lag > 0 {
            let lag = series.lag
            lines.append("before = np.stack([rows[len(rows) + ahead - -(-(ahead + 1) // \(lag)) * \(lag)][TARGETS] for ahead in range(\(horizon))])")
        }
        let base = series.lag > 0 ? "before" : hasBase ? "base[TARGETS]" : nil
        let scale = series.windowScaling == .none ? nil : "scales[TARGETS]"
        func restored(_ number: String, places: String = "") -> String {
            let scaled = number + (scale.map { " * \($0)\(places)" } ?? "")
            let added = base.map { $0 + (series.lag > 0 && !places.isEmpty ? "[..., None]" : places) }
            let moved = added.map { "(\(scaled) + \($0))" } ?? (scale == nil ? number : "(\(scaled))")
            return "\(moved) * \(deviation)[TARGETS]\(places) + \(mean)[TARGETS]\(places)"
        }
        lines.append("numbers = outputs.reshape(\(shape))\(double)")
        guard several else { return lines + ["return \(restored("numbers"))"] }
        let spread = "(\(softplus("numbers[..., 1]")) + 0.0001)\(scale.map { " * \($0)" } ?? "") * \(deviation)[TARGETS]"
        switch series.loss.distribution {
        case nil:
            lines.append("numbers = \(restored("numbers", places: "[:, None]"))")
            let sorted = library == .torch ? "numbers.sort(dim=-1).values" : "np.sort(numbers, axis=-1)"
            return lines + ["return \(sorted)  # quantiles that the model mixed up ascend"]
        case .gaussian: return lines + ["return np.stack([\(restored("numbers[..., 0]")), \(spread)], axis=-1)"]
        case .studentT: return lines + ["return np.stack([\(restored("numbers[..., 0]")), \(spread), 2 + \(softplus("numbers[..., 2]"))], axis=-1)"]
        case .negativeBinomial:
            return lines + [
                "level = \(deviation)[TARGETS]", "mean_count = level * (\(softplus("numbers[..., 0]")) + 1e-6)",
                "n = 1 / (\(softplus("numbers[..., 1]")) / level**0.5 + 1e-5)", "return np.stack([n, n / (n + mean_count)], axis=-1)",
            ]
        }
    }

    private func softplus(_ number: String) -> String { library == .torch ? "nn.functional.softplus(\(number))" : "np.logaddexp(0, \(number))" }
}
